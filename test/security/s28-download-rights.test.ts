import { ClientFiles } from '../../src/modules/client-access';
import { DownloadTicketsRepository } from '../../src/modules/files/download-tickets.repository';
import { BlobStorage, storageUnavailable } from '../../src/platform/storage';
import { anApp, aSeller, MadeFile, TestApp } from '../factories';
import { BytesAnswer, fetchBytes } from '../support/bytes';
import { startTestServer, TestServer } from '../support/server';

const CONTENT = 'for the entitled only';

let server: TestServer;
let app: TestApp;
let neighbour: TestApp;
let low: MadeFile;
let high: MadeFile;
beforeAll(async () => {
  server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  const seller = await aSeller(server.url);
  app = await anApp(seller);
  neighbour = await anApp(seller);
  low = await app.file(CONTENT, { name: 'low.exe', minLevel: 1, version: '1.0.0' });
  high = await app.file(CONTENT, { name: 'high.exe', minLevel: 5, version: '1.0.0' });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.close());

type User = Awaited<ReturnType<TestApp['user']>>;

async function signedIn(of = app, level = 1): Promise<{ token: string; user: User }> {
  const user = await of.user({ terms: { level } });
  return { user, token: await of.login(user.username) };
}

const at = (id: string, query = '') => `${server.url}/v1/files/download/${id}${query}`;
const rest = (id: string, more = '') => `${server.url}/v1/client/files/${id}${more}`;

async function linkFor(token: string, file: MadeFile): Promise<string> {
  const answer = await app.call('file', { sessionToken: token, fileId: file.id });
  return server.url + answer.body.data.downloadUrl;
}

/** Every way to ask for a file's bytes, by name: what came of each. */
async function everyWay(
  token: string,
  file: MadeFile,
  asked = app,
): Promise<Record<string, string>> {
  const session = { 'x-session-token': token };
  const keyed = { ...session, 'x-api-key': asked.apiKey };
  const dispatch = async (fields: object) => {
    const answer = await asked.call('file', { sessionToken: token, ...fields });
    return `${answer.status} ${answer.body?.code ?? 'granted'}`;
  };
  const spelled = ({ status, code }: BytesAnswer) => `${status} ${code ?? 'granted'}`;
  const { id, name } = file;
  return {
    file: await dispatch({ fileId: id }),
    raw: await dispatch({ fileId: id, raw: true }),
    'newest by name': await dispatch({ name, raw: true }),
    'session header': spelled(await fetchBytes(at(id), session)),
    'old-style token': spelled(await fetchBytes(at(id, `?token=${token}`))),
    'a range': spelled(await fetchBytes(at(id), { ...session, range: 'bytes=1-2' })),
    'the end': spelled(await fetchBytes(at(id), { ...session, range: 'bytes=-1' })),
    metadata: spelled(await fetchBytes(rest(id), keyed)),
    bytes: spelled(await fetchBytes(rest(id, '/bytes'), keyed)),
    'bytes of a range': spelled(
      await fetchBytes(rest(id, '/bytes'), { ...keyed, range: 'bytes=1-2' }),
    ),
  };
}

function grantedIn(answers: Record<string, string>): string[] {
  return Object.keys(answers).filter((way) => answers[way]!.endsWith('granted'));
}

const eventsOf = () =>
  server.database.value<number>(
    "SELECT count(*)::int FROM outbox_events WHERE type = 'file.download'",
  );

describe('S-28 rights to a download', () => {
  test('S-28 the level decides, on every way, and nothing refused is told as a download', async () => {
    const { token } = await signedIn();
    const allowed = await everyWay(token, low);
    expect(grantedIn(allowed)).toEqual(Object.keys(allowed));
    const before = await eventsOf();
    const refused = await everyWay(token, high);
    const { 'newest by name': newest, ...others } = refused;
    expect(newest).toBe('404 NOT_FOUND');
    expect(new Set(Object.values(others))).toEqual(new Set(['403 INSUFFICIENT_LEVEL']));
    const listed = await app.call('list_files', { sessionToken: token });
    expect(listed.body.data.map(({ id }: MadeFile) => id)).toEqual([low.id]);
    expect(await eventsOf()).toBe(before);
  });

  test("S-28 another application's client finds nothing, with either application's key", async () => {
    const { token } = await signedIn(neighbour, 9);
    const found = await everyWay(token, low, neighbour);
    expect(new Set(Object.values(found))).toEqual(new Set(['404 NOT_FOUND']));
    const strange = await everyWay(token, low);
    expect(strange).toMatchObject({ file: '401 INVALID_SESSION', bytes: '401 INVALID_SESSION' });
    expect(grantedIn(strange)).toEqual([]);
  });

  test.each<[what: string, spoil: (user: User) => Promise<unknown>, code: string]>([
    [
      'ban',
      (user) => app.seller.post(app.path(`/users/${user.id}/ban`), {}),
      '401 INVALID_SESSION',
    ],
    [
      'suspension',
      (user) => app.seller.post(app.path(`/licenses/${user.license.id}/suspend`), {}),
      '401 INVALID_SESSION',
    ],
    [
      'lower level',
      (user) => app.seller.patch(app.path(`/licenses/${user.license.id}`), { level: 0 }),
      '403 INSUFFICIENT_LEVEL',
    ],
    [
      'blacklisted name',
      ({ username: value }) => app.seller.post(app.path('/blacklist'), { type: 'USERNAME', value }),
      '403 BLACKLISTED',
    ],
    [
      'end of the licence',
      (user) =>
        server.database.rows(
          "UPDATE licenses SET expires_at = now() - interval '1 s' WHERE key = $1",
          [user.license.key],
        ),
      '403 LICENSE_EXPIRED',
    ],
  ])('S-28 a %s takes effect on a link that was given before', async (_what, spoil, code) => {
    const { token, user } = await signedIn();
    const link = await linkFor(token, low);
    await spoil(user);
    const answer = await fetchBytes(link);
    expect(`${answer.status} ${answer.code}`).toBe(code);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    // The ticket is spent all the same.
    expect((await fetchBytes(link)).code).toBe('INVALID_TICKET');
  });

  test('S-28 a paused application gives nothing, on any way', async () => {
    const { token } = await signedIn();
    const link = await linkFor(token, low);
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    const refused = await everyWay(token, low);
    const linked = await fetchBytes(link);
    await app.seller.patch(app.path(), { status: 'ACTIVE' });
    expect(new Set(Object.values(refused))).toEqual(new Set(['403 APP_PAUSED']));
    expect(linked.code).toBe('APP_PAUSED');
  });

  test('S-28 a ticket is for one file, one use and one minute; looking at it spends nothing', async () => {
    const { token } = await signedIn(app, 5);
    const link = await linkFor(token, low);
    const ticket = new URL(link).searchParams.get('token')!;
    expect(
      await server.database.value(
        'SELECT count(*)::int FROM download_tickets t WHERE t::text LIKE $1',
        [`%${ticket}%`],
      ),
    ).toBe(0);
    expect((await fetchBytes(at(high.id, `?token=${ticket}`))).code).toBe('INVALID_TICKET');
    expect((await fetchBytes(link, {}, 'HEAD')).status).toBe(200);
    expect((await fetchBytes(link, { range: 'bytes=0-2' })).status).toBe(206);
    for (const headers of [{}, { range: 'bytes=3-' }] as Record<string, string>[]) {
      expect((await fetchBytes(link, headers)).code).toBe('INVALID_TICKET');
    }
    expect((await fetchBytes(link, {}, 'HEAD')).status).toBe(401);
    const late = await linkFor(token, low);
    await server.database.rows("UPDATE download_tickets SET expires_at = now() - interval '1 ms'");
    expect((await fetchBytes(late, {}, 'HEAD')).status).toBe(401);
    expect((await fetchBytes(late)).code).toBe('INVALID_TICKET');
  });

  test('S-28 an answer that sends no byte of the file leaves the ticket, and is told to nobody', async () => {
    const { token } = await signedIn();
    const link = await linkFor(token, low);
    const before = await eventsOf();
    const etag = (await fetchBytes(link, {}, 'HEAD')).headers.get('etag')!;
    expect((await fetchBytes(link, { 'if-none-match': etag })).status).toBe(304);
    expect((await fetchBytes(link, { range: 'bytes=999-' })).code).toBe('RANGE_NOT_SATISFIABLE');
    const storage = server.app.get(BlobStorage, { strict: false });
    jest.spyOn(storage, 'read').mockImplementationOnce(() => {
      throw storageUnavailable();
    });
    expect((await fetchBytes(link)).code).toBe('STORAGE_UNAVAILABLE');
    expect(await eventsOf()).toBe(before);
    expect((await fetchBytes(link)).bytes.toString()).toBe(CONTENT);
    expect((await fetchBytes(link)).code).toBe('INVALID_TICKET');
    expect(await eventsOf()).toBe(before + 1);
  });

  test('S-28 logging out ends what a link is good for', async () => {
    const { token } = await signedIn();
    const link = await linkFor(token, low);
    await app.call('logout', { sessionToken: token });
    expect((await fetchBytes(link)).code).toBe('INVALID_SESSION');
  });

  test('S-28 HEAD says nothing that GET would not, and nothing may be kept', async () => {
    const { token } = await signedIn();
    const session = { 'x-session-token': token };
    for (const [file, status] of [
      [low, 200],
      [high, 403],
    ] as const) {
      const head = await fetchBytes(at(file.id), session, 'HEAD');
      expect([head.status, head.bytes.length]).toEqual([status, 0]);
      expect(head.headers.get('cache-control')).toBe('no-store');
      expect(head.headers.get('etag') === null).toBe(status !== 200);
    }
    const garbage = ['', 'dl_', 'dl_x', 'sess_', 'eyJ', 'x'.repeat(1_000), '\u00e9'];
    for (const token of garbage) {
      const query = `?token=${encodeURIComponent(token)}`;
      const { status, headers } = await fetchBytes(at(low.id, query));
      expect([status, headers.get('cache-control')]).toEqual([401, 'no-store']);
    }
  });

  test('S-28 twin: when nobody looks at the level, every way is open', async () => {
    const { token } = await signedIn();
    const open = ClientFiles.prototype as unknown as {
      entitled: (app: object, client: object, which: object) => unknown;
    };
    const { entitled } = open;
    jest.spyOn(open, 'entitled').mockImplementation(function (
      this: unknown,
      ...[of, client, which]
    ) {
      return entitled.call(this, of, { ...client, level: 1_000_000 }, which);
    });
    const answers = await everyWay(token, high);
    expect(grantedIn(answers).length).toBeGreaterThanOrEqual(0.9 * Object.keys(answers).length);
  });

  test('S-28 twin: when a ticket is only looked at, it is good again and again', async () => {
    const { token } = await signedIn();
    const { peek } = DownloadTicketsRepository.prototype;
    jest.spyOn(DownloadTicketsRepository.prototype, 'take').mockImplementation(peek);
    const link = await linkFor(token, low);
    const again: number[] = [];
    for (let trial = 0; trial < 10; trial++) again.push((await fetchBytes(link)).status);
    expect(again.filter((status) => status === 200)).toHaveLength(10);
  });
});
