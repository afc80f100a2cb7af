/**
 * The URL a text spells, or null. `URL.canParse` of Node 20 takes Latin-1 for broken UTF-8 once the
 * compiler has optimised the call, and then refuses `https://müller.example`.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
