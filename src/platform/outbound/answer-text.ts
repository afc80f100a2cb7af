/** Bytes of an answer that are kept. */
export const ANSWER_KEPT_BYTES = 2_048;
/** Bytes of an answer that are read; a longer one ends the connection. */
const ANSWER_READ_BYTES = 16_384;

/** Nothing a terminal or a page would act on, and nothing that a text column refuses. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * The beginning of an answer's body as text, at most 2 KiB of it. What breaks off is kept as far as
 * it came: whoever answered has given the status already.
 */
export async function answerText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = [];
  let seen = 0;
  try {
    for await (const chunk of body) {
      if (seen < ANSWER_KEPT_BYTES) kept.push(chunk.subarray(0, ANSWER_KEPT_BYTES - seen));
      seen += chunk.length;
      if (seen > ANSWER_READ_BYTES) break;
    }
  } catch {
    // Cut off by the other side, or by our time limit.
  }
  return printable(Buffer.concat(kept).toString('utf8'));
}

/** Line breaks and tabs stay; every other unprintable character becomes U+FFFD. */
function printable(text: string): string {
  const shown = text.replace(UNPRINTABLE, (char) => (/[\n\r\t]/.test(char) ? char : '\ufffd'));
  const bytes = Buffer.from(shown);
  let end = Math.min(bytes.length, ANSWER_KEPT_BYTES);
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString('utf8');
}
