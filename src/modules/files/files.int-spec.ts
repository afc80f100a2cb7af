import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anApp, aSeller, TestApp } from '../../../test/factories';
import { blobsIn, published, sweepLater } from '../../../test/files/support';
import { fetchBytes } from '../../../test/support/bytes';
import { startTestServer, TestServer } from '../../../test/support/server';
import { BlobStorage } from '../../platform/storage';
import { BlobsRepository } from './blobs.repository';
import { DownloadTickets } from './download-tickets';

/** All but those by which an upload says that it is alive. */
const REAL_TIMERS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

let folder: string;
let server: TestServer;
let storage: BlobStorage;
let app: TestApp;
let token: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-files-'));
  server = await startTestServer({
    BACKGROUND_JOBS: 'false',
    FILES_DIR: folder,
    LOG_LEVEL: 'warn',
  });
  storage = server.app.get(BlobStorage, { strict: false });
  app = await anApp(await aSeller(server.url));
  token = await app.login((await app.user()).username);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const download = (id: string) =>
  fetchBytes(`${server.url}/v1/files/download/${id}`, { 'x-session-token': token });
const rowsOf = (state: string) =>
  server.database.rows<{ id: string }>('SELECT id FROM file_blobs WHERE state = $1', [state]);

describe('a download', () => {
  test.each<[what: string, act: (id: string) => Promise<unknown>]>([
    ['replaced', (id) => app.upload(id, 'new')],
    ['deleted', (id) => app.seller.delete(app.path(`/files/${id}`))],
  ])('of a file that is %s when it was granted gets the old content', async (_what, act) => {
    const { id } = await app.file('old');
    const { key } = BlobsRepository.prototype;
    const open = jest.spyOn(BlobsRepository.prototype, 'key');
    open.mockImplementationOnce(async function (this: BlobsRepository, blobId) {
      await act(id);
      return key.call(this, blobId);
    });
    const { status, bytes } = await download(id);
    expect([status, bytes.toString()]).toEqual([200, 'old']);
  });
});

describe('an upload whose storage takes minutes to say that it has all', () => {
  /** `meanwhile` is what happens after the last byte has come. */
  async function slowly(meanwhile: () => Promise<unknown>) {
    const made = await app.seller.post(app.path('/files'), { name: 'slow.bin' });
    const { id } = made.body.data;
    const write = storage.write.bind(storage);
    jest.spyOn(storage, 'write').mockImplementationOnce(async (blobId, chunks) => {
      const held: Buffer[] = [];
      for await (const chunk of chunks) held.push(Buffer.from(chunk));
      await meanwhile();
      await write(
        blobId,
        (async function* () {
          yield* held;
        })(),
      );
    });
    return app.upload(id, 'all of it');
  }

  test('says meanwhile that it is alive, and is not swept', async () => {
    jest.useFakeTimers({ doNotFake: [...REAL_TIMERS] });
    const touch = jest.spyOn(BlobsRepository.prototype, 'touch');
    const answer = await slowly(async () => {
      await server.database.rows("UPDATE file_blobs SET touched_at = now() - interval '170 s'");
      jest.advanceTimersByTime(30_000);
      await Promise.all(touch.mock.results.map(({ value }) => value as Promise<boolean>));
      await sweepLater(server, 1);
    });
    expect(answer.status).toBe(200);
    expect((await download(answer.body.data.id)).bytes.toString()).toBe('all of it');
    jest.advanceTimersByTime(60_000);
    expect(touch).toHaveBeenCalledTimes(1);
  });

  test('leaves nothing behind that the sweeper, who was faster, no longer knows of', async () => {
    const answer = await slowly(() => sweepLater(server));
    expect([answer.status, answer.body.code]).toEqual([503, 'STORAGE_UNAVAILABLE']);
    expect(blobsIn(folder)).toEqual(await published(server));
  });
});

describe('the sweeper', () => {
  test('goes on when one of the contents cannot be removed, and comes back for it', async () => {
    await sweepLater(server);
    for (const content of ['a', 'b', 'c']) {
      const { id } = await app.file(content);
      await app.seller.delete(app.path(`/files/${id}`));
    }
    const [stuck] = await rowsOf('UNUSED');
    const remove = storage.delete.bind(storage);
    jest
      .spyOn(storage, 'delete')
      .mockImplementation((id) => (id === stuck!.id ? Promise.reject(new Error()) : remove(id)));
    expect(await sweepLater(server)).toBe(2);
    expect(await rowsOf('DOOMED')).toEqual([stuck]);
    expect(server.logs.join()).toContain('a content cannot be removed');
    jest.restoreAllMocks();
    expect(await sweepLater(server)).toBe(1);
    expect(blobsIn(folder)).toEqual(await published(server));
  });
});

test('expired tickets are forgotten in one round, however many there are', async () => {
  const { id } = await app.file('popular');
  await app.call('file', { sessionToken: token, fileId: id });
  await server.database.rows(
    `INSERT INTO download_tickets (token_hash, file_id, session_id, expires_at)
     SELECT sha256(n::text::bytea), file_id, session_id, now() - interval '1 s'
       FROM download_tickets, generate_series(1, 5001) n`,
  );
  const tickets = server.app.get(DownloadTickets, { strict: false });
  expect(await tickets.forgetExpired(new AbortController().signal)).toBe(5_001);
  expect(await server.database.value('SELECT count(*)::int FROM download_tickets')).toBe(1);
});
