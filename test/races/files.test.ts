import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anApp, aSeller } from '../factories';
import { blobsIn } from '../files/support';
import { fetchBytes } from '../support/bytes';
import type { Answer } from '../support/http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  openArena,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/** P tier: 20 tickets, 50 downloads each; 10 deletions amid uploads; twins 10 and 5. */
const TICKETS = 20;
const TWIN_TICKETS = twinTrials(10);
const DOWNLOADS = 50;
const DELETIONS = 10;
const TWIN_DELETIONS = twinTrials(5);

/** One ticket, fifty downloads at once, half of them at each process. */
async function oneTicket(arena: Arena, count: number): Promise<Violations[]> {
  const app = await anApp(await aSeller(arena.urls[0]));
  const file = await app.file('once');
  const { username } = await app.user();
  const sessionToken = await app.login(username);
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const link = await app.call('file', { sessionToken, fileId: file.id });
    const { downloadUrl } = link.body.data;
    const answers = await volley(arena.urls, DOWNLOADS, (url) => fetchBytes(url + downloadUrl));
    const got = answers.filter(({ status }) => status === 200);
    const other = answers.filter(
      ({ status, code }) => status !== 200 && `${status} ${code}` !== '401 INVALID_TICKET',
    );
    const told = await arena.database.value<number>(
      `WITH told AS (DELETE FROM outbox_events WHERE type = 'file.download' RETURNING 1)
       SELECT count(*)::int FROM told`,
    );
    outcomes.push([
      ...unless(got.length === 1, `${got.length} downloads with one ticket`),
      ...unless(other.length === 0, `${other.length} other answers`),
      ...unless(told === 1, `${told} events tell of it`),
    ]);
  }
  return outcomes;
}

/** Contents that belong to no file, and bytes that nobody knows of. */
async function orphans(arena: Arena, folder: string): Promise<string[]> {
  const rows = await arena.database.rows<{ id: string; state: string; used: boolean }>(
    'SELECT b.id, b.state, f.id IS NOT NULL AS used FROM file_blobs b LEFT JOIN files f ON f.blob_id = b.id',
  );
  const known = new Set(rows.map(({ id }) => id));
  const lost = blobsIn(folder).filter((id) => !known.has(id));
  const kept = rows.filter(({ state, used }) => (state === 'PUBLISHED') !== used);
  const writing = rows.filter(({ state }) => state === 'WRITING');
  return [
    ...unless(lost.length === 0, `${lost.length} orphans in the storage`),
    ...unless(kept.length === 0, `${kept.length} orphans are kept`),
    ...unless(writing.length === 0, `${writing.length} contents were left half-way`),
  ];
}

/** Files are registered, uploaded, replaced and deleted while their application goes. */
async function deleteAmidst(arena: Arena, folder: string, trial: number): Promise<Violations> {
  const app = await anApp(await aSeller(arena.urls[trial % 2]!));
  const files = await Promise.all(Array.from({ length: 4 }, () => app.file('old')));
  const bytes = Buffer.alloc(200_000, trial);
  const acts: ((url: string) => Promise<Answer>)[] = [
    ...files.map(
      ({ id }) =>
        (url: string) =>
          app.at(url).upload(id, bytes),
    ),
    ...files.map(
      ({ id }) =>
        (url: string) =>
          app.at(url).upload(id, 'short'),
    ),
    ...files.slice(0, 2).map(
      ({ id }) =>
        (url: string) =>
          app.seller.at(url).delete(app.path(`/files/${id}`)),
    ),
    (url) => app.at(url).uploadForm('by form'),
    (url) => app.at(url).uploadForm('by another form'),
    (url) => app.seller.at(url).post(app.path('/files'), { name: 'registered.exe' }),
  ];
  const middle = 3 + (trial % 6);
  let deletion: Promise<Answer> | undefined;
  const answers = acts.map((act, index) => {
    if (index === middle) deletion = app.seller.at(arena.urls[index % 2]!).delete(app.path());
    return act(arena.urls[(index + trial) % 2]!);
  });
  const deleted = await deletion!;
  const wrong = unexpected(await Promise.all(answers), ['200', '201']).filter(
    (text) => !/ (404|409) /.test(text),
  );
  const ofApp = 'SELECT count(*)::int FROM files WHERE app_id = $1';
  const left = await arena.database.value<number>(ofApp, [app.id]);
  return [
    ...unexpected([deleted], ['200']),
    ...wrong,
    ...unless(left === 0, `${left} files of an application that is gone`),
    ...(await orphans(arena, folder)),
  ];
}

async function race(arena: Arena, folder: string, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    outcomes.push(await deleteAmidst(arena, folder, trial));
  }
  return outcomes;
}

describe('R-10 one ticket, many downloads', () => {
  test('R-10 a link that is good once would be good for everybody', async () => {
    await withArena({}, async (arena) => {
      expectHeld('R-10 tickets', await oneTicket(arena, trials(TICKETS)));
    });
  });

  test('R-10 twin: a ticket that is thrown away afterwards is used by many', async () => {
    await withArena({ without: 'ticket-again' }, async (unguarded) => {
      await expectRaceBroken('R-10 tickets', TWIN_TICKETS, async (count) => {
        const outcomes = await oneTicket(unguarded, count);
        return outcomes.map((found) => found.filter((what) => what.includes('one ticket')));
      });
    });
  });
});

describe('R-09 an application is deleted while files come in', () => {
  let folder: string;
  let arena: Arena;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-r09-'));
    arena = await openArena({ env: { FILES_DIR: folder, BACKGROUND_JOBS: 'false' } });
  });
  afterAll(async () => {
    await arena.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('R-09 files or bytes that nobody owns would stay behind', async () => {
    expectHeld('R-09 files', await race(arena, folder, trials(DELETIONS)));
  });

  test('R-09 twin: when a deleted file does not let go of its content, that stays for ever', async () => {
    await arena.database.rows('DROP TRIGGER files_release_deleted ON files');
    await expectRaceBroken('R-09 files', TWIN_DELETIONS, async (count) => {
      const outcomes = await race(arena, folder, count);
      return outcomes.map((found) => found.filter((what) => what.endsWith('orphans are kept')));
    });
  });
});
