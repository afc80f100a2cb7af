import type { SealedRecord } from '../audit-tree.repository';

/** A line of a dump: a record with its place in the tree. Bytes are in hexadecimal. */
export type DumpedRecord = Omit<SealedRecord, 'salt' | 'ipHash' | 'detailsHash' | 'leafHash'> & {
  readonly salt: string | null;
  /** Given where they cannot be made again from what they hide: after an erasure. */
  readonly ipHash: string;
  readonly detailsHash: string;
};

/** The line of a dump that tells of a record. */
export function dumpLine(record: SealedRecord): string {
  const { salt, ipHash, detailsHash, leafHash: _stored, ...rest } = record;
  const dumped: DumpedRecord = {
    ...rest,
    salt: salt && salt.toString('hex'),
    ipHash: ipHash.toString('hex'),
    detailsHash: detailsHash.toString('hex'),
  };
  return JSON.stringify(dumped);
}
