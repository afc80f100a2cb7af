/** An answer whose body is looked at as bytes. */
export interface BytesAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The code of a refusal. */
  readonly code: string | null;
}

/** One request for bytes; throws when the connection is cut in the middle of them. */
export async function fetchBytes(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<BytesAnswer> {
  const response = await fetch(url, { method, headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : null;
  return { status: response.status, headers: response.headers, bytes, code: body?.code ?? null };
}
