import { leafHash } from '../../../platform/crypto';
import { commit } from '../commitments';
import { Commitments, leafText } from '../domain/leaf';
import type { DumpedRecord } from './dump';
import type { ExportedTree } from './exported-tree';

const HASH_BYTES = 32;
const ERASURE = 'audit.erase';

/** The first entry that is not what it was, or is not there. */
export interface BadEntry {
  readonly seq: number;
  readonly problem: string;
}

export interface Verification {
  /** Entries of the dump that were read. */
  readonly entries: number;
  /** Of them, those that no checkpoint covers yet. */
  readonly uncovered: number;
  /** Entries whose personal fields were erased. */
  readonly erased: number;
  /** Null when every entry that was exported is there, in its place, as it was. */
  readonly bad: BadEntry | null;
}

/** Holds a dump, one record a line, against what was exported; stops at the first bad entry. */
export async function verifyDump(
  lines: AsyncIterable<string> | Iterable<string>,
  exported: ExportedTree,
): Promise<Verification> {
  const erasures = new Erasures(exported);
  let seq = 0;
  let problem: string | null = null;
  for await (const line of lines) {
    if (line === '') continue;
    const entry = parsed(line);
    problem = entry ? problemOf(entry, seq, exported) : 'cannot be read';
    if (!entry || problem) break;
    erasures.see(entry);
    seq++;
  }
  if (!problem && seq < exported.size) problem = 'is missing: the dump ends before it';
  const bad = problem === null ? null : { seq, problem };
  return {
    entries: seq,
    uncovered: Math.max(0, seq - exported.size),
    erased: erasures.count,
    bad: bad ?? erasures.unfounded,
  };
}

function parsed(line: string): DumpedRecord | null {
  try {
    const value = JSON.parse(line) as Partial<DumpedRecord> | null;
    return typeof value?.seq === 'number' && typeof value.details === 'string'
      ? (value as DumpedRecord)
      : null;
  } catch {
    return null;
  }
}

/** What is wrong with the entry that should be number `seq`. */
function problemOf(entry: DumpedRecord, seq: number, exported: ExportedTree): string | null {
  if (entry.seq !== seq) return `is missing: entry ${entry.seq} stands in its place`;
  const hashes = commitmentsOf(entry);
  if (!hashes) return 'has personal fields that nothing confirms';
  if (seq >= exported.size) return null;
  const start = seq * HASH_BYTES;
  return leafHash(leafText(entry, hashes)).equals(
    exported.leaves.subarray(start, start + HASH_BYTES),
  )
    ? null
    : 'is not what was exported';
}

/** Made from the personal fields; after an erasure, which leaves none, as they were kept. */
function commitmentsOf(entry: DumpedRecord): Commitments | null {
  const { salt, ip, details, erasedBy, ipHash, detailsHash } = entry;
  if (salt !== null) return commit(Buffer.from(salt, 'hex'), { ip, details });
  const empty = erasedBy !== null && ip === null && details === '{}';
  return empty ? { ip: ipHash, details: detailsHash } : null;
}

/** An erased entry, until the record of its erasure is read. */
interface Claim {
  readonly entry: DumpedRecord;
  problem: string;
}

/**
 * Whether each erased entry names the record of an erasure, which comes later, concerns somebody who
 * acted in the entry or was its target, and is itself covered: else anybody could have added it.
 */
class Erasures {
  private readonly claims = new Map<string, Claim[]>();
  count = 0;

  constructor(private readonly exported: ExportedTree) {}

  see(entry: DumpedRecord): void {
    if (entry.action === ERASURE) this.settle(entry);
    const { erasedBy } = entry;
    if (erasedBy === null) return;
    this.count++;
    const claim = { entry, problem: 'was erased, and no record says by whom' };
    const claims = this.claims.get(erasedBy);
    if (claims) claims.push(claim);
    else this.claims.set(erasedBy, [claim]);
  }

  /** The first entry that was erased by no record. */
  get unfounded(): BadEntry | null {
    const left = [...this.claims.values()]
      .flat()
      .map(({ entry: { seq }, problem }) => ({ seq, problem }));
    return left.sort((one, other) => one.seq - other.seq)[0] ?? null;
  }

  private settle(erasure: DumpedRecord): void {
    const { size } = this.exported;
    const left = (this.claims.get(erasure.id) ?? []).filter((claim) => {
      if (!concerns(erasure, claim.entry)) return true;
      if (erasure.seq < size || claim.entry.seq >= size) return false;
      claim.problem = 'was erased, and no checkpoint covers the record that says by whom';
      return true;
    });
    this.claims.set(erasure.id, left);
  }
}

function concerns({ sellerId, targetId }: DumpedRecord, entry: DumpedRecord): boolean {
  const parties = [entry.actorId, entry.targetId];
  return targetId !== null && sellerId === entry.sellerId && parties.includes(targetId);
}
