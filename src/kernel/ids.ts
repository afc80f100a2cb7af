/**
 * Public identifiers. Rows are keyed by UUIDs; on the wire a UUID is `<prefix>_<32 hex digits>`,
 * so that an id says what it names. Application ids are plain UUIDs, as the documents show them.
 */
export type IdPrefix =
  | 'seller'
  | 'lic'
  | 'usr'
  | 'sess'
  | 'dev'
  | 'bl'
  | 'ssn'
  | 'tok'
  | 'var'
  | 'log'
  | 'ref'
  | 'rsl'
  | 'led'
  | 'att'
  | 'wh'
  | 'whd'
  | 'evt';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function publicId(prefix: IdPrefix, uuid: string): string {
  return `${prefix}_${uuid.replaceAll('-', '')}`;
}

/** The UUID inside a public id, or null when the text is not an id of that kind. */
export function parsePublicId(prefix: IdPrefix, text: string): string | null {
  const hex = text.startsWith(`${prefix}_`) ? text.slice(prefix.length + 1) : '';
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The canonical lower-case UUID, or null when the text is none. */
export function parseUuid(text: string): string | null {
  return UUID.test(text) ? text.toLowerCase() : null;
}
