/** Files of one application. */
export const FILES_MAX = 1_000;
/** Longest name of a file, in characters. */
export const FILE_NAME_MAX = 200;
/** Highest level a file can ask for; that of a licence. */
export const LEVEL_MAX = 1_000_000;

/** Ids of files [doc]: six characters. New ones have no vowels, so they spell no word. */
export const FILE_ID_LENGTH = 6;
export const FILE_ID_ALPHABET = '23456789bcdfghjkmnpqrstvwxyz';
const FILE_ID = /^[0-9a-z]{6}$/;

/** Whether a text can be the id of a file. */
export function isFileId(text: string): boolean {
  return FILE_ID.test(text);
}

/**
 * A name of a file and never a path: a client program may well save under it. No slash or
 * backslash, nothing invisible, no dot or space at the end: Windows drops them, and `..` is no name.
 */
export const FILE_NAME = /^[^/\\\p{C}\p{Zl}\p{Zp}]*[^/\\\p{C}\p{Zl}\p{Zp}.\s]$/u;
export const FILE_NAME_HELP = 'a file name without slashes and invisible characters';

/** Versions as semver.org has them, 64 characters at most. */
export const VERSION_MAX = 64;
export const VERSION =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

/** The channel of a file that names none. */
export const CHANNEL_DEFAULT = 'stable';
export const CHANNEL_MAX = 32;
export const CHANNEL = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** What a seller says of a file. */
export interface FileFacts {
  readonly name: string;
  /** Clients below this level do not get it. */
  readonly minLevel: number;
  /** Semantic version; null when it has none and is found by its id alone. */
  readonly version: string | null;
  readonly channel: string;
}
