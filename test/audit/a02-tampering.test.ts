import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config';
import { BackgroundJobs, JobLocks } from '../../src/platform/background';
import { CONFIG } from '../../src/platform/config-token';
import { leafHash } from '../../src/platform/crypto';
import { Transactions } from '../../src/platform/database';
import { ExportedTree, readCheckpoints, verifyDump } from '../../src/modules/audit';
import { AuditTreeRepository } from '../../src/modules/audit/audit-tree.repository';
import { CheckpointFile } from '../../src/modules/audit/checkpoint-file';
import { Checkpoints } from '../../src/modules/audit/checkpoints';
import { CheckpointsRepository } from '../../src/modules/audit/checkpoints.repository';
import { commit } from '../../src/modules/audit/commitments';
import { leafText } from '../../src/modules/audit/domain/leaf';
import type { DumpedRecord } from '../../src/modules/audit/verify/dump';
import { anApp, aSeller, unique } from '../factories';
import {
  expectBroken,
  expectHeld,
  expectRaceBroken,
  trials,
  twinTrials,
  unless,
  Violations,
} from '../races/support';
import { seeded } from '../security/support';
import { Receiver, startReceiver } from '../support/receiver';
import { anAuditServer, AuditServer } from './support';

const TAMPERINGS = trials(1_000);

type Entry = { -readonly [Name in keyof DumpedRecord]: DumpedRecord[Name] };
type Pick = (below: number) => number;
/** Changes the entries as a superuser could; tells the first one that is no longer what it was. */
type Tampering = (entries: Entry[], pick: Pick) => number;

const renumbered = (entries: Entry[]) => entries.forEach((entry, seq) => (entry.seq = seq));

const EDITS: readonly ((entry: Entry) => void)[] = [
  (entry) => (entry.action = `${entry.action}-not`),
  (entry) => (entry.outcome = entry.outcome === 'granted' ? 'REFUSED' : 'granted'),
  (entry) => (entry.severity = entry.severity === 'info' ? 'warning' : 'info'),
  (entry) => (entry.ip = '203.0.113.77'),
  (entry) => (entry.details = '{"forged": true}'),
  (entry) => (entry.actorId = '00000000-0000-4000-8000-000000000000'),
  (entry) => (entry.targetId = '00000000-0000-4000-8000-000000000000'),
  (entry) => (entry.sellerId = '00000000-0000-4000-8000-000000000000'),
  (entry) => (entry.appId = '00000000-0000-4000-8000-000000000000'),
  (entry) => (entry.requestId = 'another-request'),
  (entry) => (entry.salt = 'ab'.repeat(32)),
];

/** The seven of A-02. Whoever does it makes all numbers fit again. */
const TAMPERINGS_OF_A02: Readonly<Record<string, Tampering>> = {
  'edit a field': (entries, pick) => {
    const at = pick(entries.length);
    EDITS[pick(EDITS.length)]!(entries[at]!);
    return at;
  },
  'swap rows': (entries, pick) => {
    const at = pick(entries.length - 1);
    const other = at + 1 + pick(entries.length - at - 1);
    [entries[at], entries[other]] = [entries[other]!, entries[at]!];
    renumbered(entries);
    return at;
  },
  'delete one': (entries, pick) => {
    const at = pick(entries.length);
    entries.splice(at, 1);
    renumbered(entries);
    return at;
  },
  'cut the tail': (entries, pick) => {
    const at = pick(entries.length);
    entries.length = at;
    return at;
  },
  'insert one': (entries, pick) => {
    const at = pick(entries.length);
    const forged = { ...entries[pick(entries.length)]!, requestId: 'inserted' };
    entries.splice(at, 0, forged);
    renumbered(entries);
    return at;
  },
  'rewrite from k': (entries, pick) => {
    const at = pick(entries.length);
    for (const entry of entries.slice(at)) {
      entry.requestId = 'rewritten';
      entry.salt = 'cd'.repeat(32);
    }
    return at;
  },
  'change timestamps': (entries, pick) => {
    const at = pick(entries.length);
    for (const entry of entries.slice(at)) entry.at = entry.at.replace(/^\d{4}/, '2001');
    return at;
  },
};

/** The tree that a database tells of itself, after all its hashes were computed again. */
function selfMade(entries: readonly Entry[], exported: ExportedTree): ExportedTree {
  const leaves = entries.map((entry) =>
    leafHash(leafText(entry, commit(Buffer.from(entry.salt!, 'hex'), entry))),
  );
  return { ...exported, leaves: Buffer.concat(leaves), size: leaves.length };
}

describe('A-02 tampering with the record', () => {
  let receiver: Receiver;
  let server: AuditServer;
  let lines: string[];
  let exported: ExportedTree;
  beforeAll(async () => {
    receiver = await startReceiver('127.0.0.1');
    server = await anAuditServer({
      AUDIT_CHECKPOINT_URL: receiver.url(),
      OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
      OUTBOUND_PORTS: String(receiver.port),
    });
    const app = await anApp(await aSeller(server.url));
    for (let round = 0; round < 8; round++) {
      const { id, key } = await app.license();
      await app.call('license', { licenseKey: key, hwid: unique('pc') });
      await app.seller.post(app.path(`/licenses/${id}/ban`), { reason: 'chargeback' });
      await app.call('license', { licenseKey: key, hwid: unique('pc') });
      if (round % 3 === 0) await server.seal();
    }
    await server.seal();
    lines = await server.dump();
    exported = await server.exported();
  });
  afterAll(async () => {
    await server.close();
    await receiver.close();
  });

  test('A-02 the untouched record is good, under several checkpoints', async () => {
    expect(exported.checkpoints).toBe(4);
    expect(await verifyDump(lines, exported)).toEqual({
      entries: lines.length,
      uncovered: 0,
      erased: 0,
      bad: null,
    });
  });

  /** Tampers `TAMPERINGS` times, each seen by a verifier that trusts what `trusted` gives. */
  async function outcomes(
    trusted: (entries: readonly Entry[]) => ExportedTree,
  ): Promise<Violations[]> {
    const pick = seeded(902);
    const kinds = Object.entries(TAMPERINGS_OF_A02);
    const found: Violations[] = [];
    for (let trial = 0; trial < TAMPERINGS; trial++) {
      const [kind, tamper] = kinds[trial % kinds.length]!;
      const entries = lines.map((line) => JSON.parse(line) as Entry);
      const first = tamper(entries, pick);
      const dumped = entries.map((entry) => JSON.stringify(entry));
      const { bad } = await verifyDump(dumped, trusted(entries));
      found.push(bad?.seq === first ? [] : [`${kind} at ${first}: ${JSON.stringify(bad)}`]);
    }
    return found;
  }

  test(`A-02 each of ${TAMPERINGS} tamperings is found, and its first entry named`, async () => {
    expectHeld('A-02 tampering', await outcomes(() => exported));
  });

  test('A-02 twin: who believes the hashes of the database itself finds nothing', async () => {
    expectBroken('A-02 tampering', await outcomes((entries) => selfMade(entries, exported)));
  });

  test('A-02 a file of checkpoints that was tampered with proves nothing, and says why', async () => {
    const file = readFileSync(server.checkpointFile, 'utf8').trimEnd().split('\n');
    const altered = (at: number, change: (line: Record<string, unknown>) => void) =>
      file.map((line, index) => {
        const value = JSON.parse(line) as Record<string, unknown>;
        if (index === at) change(value);
        return JSON.stringify(value);
      });
    const reading = (all: string[], key: string | null = null) => readCheckpoints(all, key);
    await expect(reading(altered(1, (line) => (line['size'] = 3)))).rejects.toThrow('not signed');
    await expect(
      reading(
        altered(1, (line) => (line['leaves'] = (line['leaves'] as string).replace(/./g, 'A'))),
      ),
    ).rejects.toThrow(/do not give the root|does not follow/);
    await expect(reading(file.toSpliced(1, 1))).rejects.toThrow('does not follow');
    await expect(reading(file, Buffer.alloc(32).toString('base64'))).rejects.toThrow('not signed');
    await expect(reading([])).rejects.toThrow('no checkpoint');
    const torn = [...file.slice(0, 2), file[2]!.slice(0, 40), ...file.slice(2)];
    expect(await reading(torn)).toMatchObject({ skipped: 1, size: exported.size });
    // Two processes that write the same file say things twice, one of them later than the other.
    const twice = [...file.slice(0, 3), ...file.slice(0, 2), ...file.slice(2)];
    expect(await reading(twice)).toMatchObject({ size: exported.size, checkpoints: 7 });
    const ofOthers = (line: Record<string, unknown>) =>
      (line['leaves'] = exported.leaves
        .subarray(32, 32 + 32 * Number(line['size']))
        .toString('base64'));
    await expect(reading([...file, altered(0, ofOthers)[0]!])).rejects.toThrow(
      'do not give the root',
    );
  });

  /** Two processes find a file that lacks all checkpoints, under what serves as the lock. */
  async function written(trial: string, locks: JobLocks): Promise<Violations> {
    const get = <T>(type: new (...args: never[]) => T) => server.app.get(type, { strict: false });
    const path = join(server.directory, trial);
    const config = { ...server.app.get<Config>(CONFIG), AUDIT_CHECKPOINT_FILE: path };
    const [checkpoints, rows, tree] = [
      get(Checkpoints),
      get(CheckpointsRepository),
      get(AuditTreeRepository),
    ];
    const writer = () =>
      new CheckpointFile(get(Transactions), locks, checkpoints, rows, tree, config).write();
    await Promise.all([writer(), writer()]);
    const whole = readFileSync(server.checkpointFile, 'utf8');
    return unless(readFileSync(path, 'utf8') === whole, 'a checkpoint stands twice');
  }

  test('A-02 a file that cannot be written keeps nobody from being told of the checkpoint', async () => {
    const jobs = server.app.get<BackgroundJobs>(BackgroundJobs, { strict: false });
    const job = jobs['jobs'].find(({ name }) => name === 'sign and export the audit tree')!;
    const aside = join(server.directory, 'aside');
    renameSync(server.checkpointFile, aside);
    mkdirSync(server.checkpointFile);
    try {
      expect(await jobs.round(job)).toBe(0);
    } finally {
      rmdirSync(server.checkpointFile);
      renameSync(aside, server.checkpointFile);
    }
    expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      expect.objectContaining({ size: exported.size, publicKey: exported.publicKey }),
    ]);
  });

  test('A-02 two processes that write the same file write it as one would', async () => {
    const locks = server.app.get(JobLocks, { strict: false });
    const outcomes: Violations[] = [];
    for (let n = 0; n < trials(10); n++) outcomes.push(await written(`together-${n}`, locks));
    expectHeld('A-02 checkpoint file', outcomes);
  });

  test('A-02 twin: without their lock they write on top of each other', async () => {
    const noLock = Object.create(JobLocks.prototype) as JobLocks;
    const waiting: (() => void)[] = [];
    // Both go on when both are there.
    noLock.take = () =>
      new Promise((goOn) => {
        if (waiting.push(goOn) === 2) for (const each of waiting.splice(0)) each();
      });
    await expectRaceBroken('A-02 checkpoint file', twinTrials(10), async (count) => {
      const outcomes: Violations[] = [];
      for (let n = 0; n < count; n++) outcomes.push(await written(unique('apart-'), noLock));
      return outcomes;
    });
  });

  test('A-02 what a crash left is told again, however whole it looks', async () => {
    const file = readFileSync(server.checkpointFile, 'utf8').trimEnd().split('\n');
    const glued = `${file[1]!.slice(0, 80)}${file[3]!}`;
    writeFileSync(join(server.directory, 'torn'), `${file[0]!}\n${glued}`);
    await written('torn', server.app.get(JobLocks, { strict: false }));
    const read = readFileSync(join(server.directory, 'torn'), 'utf8').split('\n');
    expect(await readCheckpoints(read, null)).toMatchObject({
      size: exported.size,
      checkpoints: 4,
      skipped: 1,
    });
  });
});
