/**
 * The part of an executable that holds its configuration: the section `.lcfg`, laid out like `Region`
 * in `loader/core/config.hpp`. It is found through the section headers, never by searching for bytes.
 */
const SECTION = '.lcfg';
const MAGIC = Buffer.from('LATCHKEY-LOADER\0', 'latin1');
const VERSION = 1;
const VERSION_AT = 16;
const LENGTH_AT = 20;
const DIGEST_AT = 24;
const SIGNATURE_AT = 56;
const BODY_AT = 120;
const REGION_BYTES = 4_096;

/** Longest configuration that fits. */
export const BODY_MAX = REGION_BYTES - BODY_AT;

export interface SealedConfig {
  readonly body: Buffer;
  /** SHA-256 of the body, 32 bytes. */
  readonly digest: Buffer;
  /** Ed25519 over the body, 64 bytes. */
  readonly signature: Buffer;
}

interface Section {
  readonly start: number;
  readonly bytes: number;
}

/**
 * A copy of an executable with its configuration in it. Nothing but the section, and the checksum of
 * a PE file, differs from the template.
 * @throws Error when the file has no such section, or the configuration does not fit
 */
export function patched(template: Buffer, { body, digest, signature }: SealedConfig): Buffer {
  const start = findRegion(template);
  if (start === null) throw new Error(`the template has no section ${SECTION}`);
  if (body.length > BODY_MAX) throw new Error(`a configuration of ${body.length} bytes`);
  const copy = Buffer.from(template);
  const region = copy.subarray(start, start + REGION_BYTES);
  region.fill(0, LENGTH_AT);
  region.writeUInt32LE(body.length, LENGTH_AT);
  digest.copy(region, DIGEST_AT);
  signature.copy(region, SIGNATURE_AT);
  body.copy(region, BODY_AT);
  if (isPe(copy)) writePeChecksum(copy);
  return copy;
}

/** What stands in an executable; null in a template, and where no such section is. */
export function configIn(file: Buffer): SealedConfig | null {
  const start = findRegion(file);
  if (start === null) return null;
  const region = file.subarray(start, start + REGION_BYTES);
  const length = region.readUInt32LE(LENGTH_AT);
  if (length === 0) return null;
  return {
    body: region.subarray(BODY_AT, BODY_AT + length),
    digest: region.subarray(DIGEST_AT, SIGNATURE_AT),
    signature: region.subarray(SIGNATURE_AT, BODY_AT),
  };
}

/** Whether a file is of a kind that could hold such a section. */
export function isExecutable(file: Buffer): boolean {
  return isPe(file) || isElf(file);
}

/** Where the region begins; null when the file has none of this layout. */
function findRegion(file: Buffer): number | null {
  const section = isPe(file) ? peSection(file) : isElf(file) ? elfSection(file) : undefined;
  if (!section || section.bytes < REGION_BYTES) return null;
  const region = file.subarray(section.start, section.start + REGION_BYTES);
  const known = region.subarray(0, MAGIC.length).equals(MAGIC);
  return known && region.readUInt32LE(VERSION_AT) === VERSION ? section.start : null;
}

function isPe(file: Buffer): boolean {
  return file.toString('latin1', 0, 2) === 'MZ';
}

/** ELF of 64 bits, little-endian. */
function isElf(file: Buffer): boolean {
  return file.toString('latin1', 0, 6) === '\x7fELF\x02\x01';
}

/** Where the COFF header begins, behind `PE\0\0`. */
function coffAt(file: Buffer): number {
  return file.readUInt32LE(0x3c) + 4;
}

function peSection(file: Buffer): Section | undefined {
  const coff = coffAt(file);
  const count = file.readUInt16LE(coff + 2);
  const first = coff + 20 + file.readUInt16LE(coff + 16);
  return Array.from({ length: count }, (_, index) => first + 40 * index)
    .filter((at) => nameAt(file, at) === SECTION)
    .map((at) => ({ bytes: file.readUInt32LE(at + 16), start: file.readUInt32LE(at + 20) }))[0];
}

function elfSection(file: Buffer): Section | undefined {
  const headers = Number(file.readBigUInt64LE(0x28));
  const [size, count, names] = [0x3a, 0x3c, 0x3e].map((at) => file.readUInt16LE(at)) as [
    number,
    number,
    number,
  ];
  const placeOf = (at: number): Section => ({
    start: Number(file.readBigUInt64LE(at + 0x18)),
    bytes: Number(file.readBigUInt64LE(at + 0x20)),
  });
  const texts = placeOf(headers + names * size).start;
  return Array.from({ length: count }, (_, index) => headers + index * size)
    .filter((at) => nameAt(file, texts + file.readUInt32LE(at)) === SECTION)
    .map(placeOf)[0];
}

/** A name of at most eight characters that ends with a zero byte, if it is shorter. */
function nameAt(file: Buffer, at: number): string {
  return file.toString('latin1', at, at + 8).split('\0', 1)[0]!;
}

/** The checksum of the PE header: 16-bit sums with carry over the whole file, plus its length. */
function writePeChecksum(file: Buffer): void {
  const checksumAt = coffAt(file) + 20 + 64;
  file.writeUInt32LE(0, checksumAt);
  let sum = 0;
  for (let at = 0; at + 1 < file.length; at += 2) {
    sum += file.readUInt16LE(at);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  if (file.length % 2 === 1) sum += file[file.length - 1]!;
  sum = (sum & 0xffff) + (sum >>> 16);
  file.writeUInt32LE(sum + file.length, checksumAt);
}
