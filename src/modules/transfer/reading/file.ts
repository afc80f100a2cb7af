import type { RawRecord } from '../domain/fields';

/** The lists that a file can hold. */
export const LISTS = ['licenses', 'users', 'subscription'] as const;
export type ListName = (typeof LISTS)[number];

/** One record of a file; `value` is null when it is no object. */
export interface FileRecord {
  readonly list: ListName;
  /** Position in its list, from 1; in a CSV file the header is not counted. */
  readonly row: number;
  readonly value: RawRecord | null;
}

/** Records as they come, a few at a time. */
export type FileRecords = AsyncIterable<readonly FileRecord[]>;

/** Largest record: a licence with a thousand devices. It bounds the memory that a file can take. */
export const RECORD_MAX = 2_097_152;
/** Most values in it, twice what such a licence has: an empty list is two characters, and a hundred bytes here. */
export const VALUES_MAX = 10_000;
/** How deep they may stand in one another; those of a device stand at 3. */
export const DEPTH_MAX = 8;
/** Most columns of a table: each is a value of every row, however short its line. */
export const COLUMNS_MAX = 100;

/** The file cannot be read on; what was read before stands. */
export class BrokenFile extends Error {
  constructor(
    message: string,
    /** What the parser still gave before it stopped. */
    readonly found: readonly unknown[] = [],
  ) {
    super(message);
    this.name = 'BrokenFile';
  }
}

/** The bytes of a file as text, without a byte order mark. @throws BrokenFile unless they are UTF-8 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new BrokenFile('the file is not UTF-8 text');
    }
  };
  for await (const chunk of bytes) yield decode(chunk);
  yield decode();
}
