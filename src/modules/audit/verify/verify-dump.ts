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
  const erasures = new Erasures();
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

/** Whether each erasure has its own record. */
class Erasures {
  private readonly records = new Set<string>();
  private readonly named = new Map<string, number>();
  count = 0;

  see({ id, action, erasedBy, seq }: DumpedRecord): void {
    if (action === ERASURE) this.records.add(id);
    if (erasedBy === null) return;
    this.count++;
    if (!this.named.has(erasedBy)) this.named.set(erasedBy, seq);
  }

  /** The first entry that was erased by no record. */
  get unfounded(): BadEntry | null {
    for (const [erasure, seq] of this.named) {
      if (this.records.has(erasure)) continue;
      return { seq, problem: 'was erased, and no record says by whom' };
    }
    return null;
  }
}
