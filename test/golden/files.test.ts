import { createHash } from 'node:crypto';
import { anApp, MadeFile, TestApp } from '../factories';
import { fetchBytes } from '../support/bytes';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample, under, uuidOf } from './sample';

const FILE_EXTRAS = ['version', 'channel', 'sha256', 'createdAt', 'updatedAt', 'path', 'size'];
const CLIENT_EXTRAS = ['version', 'channel', 'sha256'];
const CONTENT = Buffer.from('the program itself, byte for byte');
const digest = createHash('sha256').update(CONTENT).digest('hex');

let server: TestServer;
let app: TestApp;
let token: string;
let user: Awaited<ReturnType<TestApp['user']>>;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await anApp(server.url);
  user = await app.user({ terms: { level: 5, maxDevices: 3 } });
  token = await app.login(user.username);
});

const events = (type: string) =>
  server.database.rows<{ data: Record<string, unknown> }>(
    'SELECT data FROM outbox_events WHERE app_id = $1 AND type = $2 ORDER BY occurred_at, id',
    [app.id, type],
  );
const ask = (fields: object) => app.call('file', { sessionToken: token, ...fields });
const download = (id: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetchBytes(
    `${server.url}/v1/files/download/${id}`,
    { 'x-session-token': token, ...headers },
    method,
  );
const rest = (path: string, headers: Record<string, string> = {}) =>
  fetchBytes(`${server.url}/v1/client/files/${path}`, { 'x-api-key': app.apiKey, ...headers });

describe('files of document 000', () => {
  test('register, list: «path:"/uploads/<app_id>/<id>_<name>"»', async () => {
    const sample = {
      success: true,
      data: { id: 'abc123', name: 'loader.exe', path: '', minLevel: 1 },
    };
    const body = { name: 'loader.exe', size: 2516582, minLevel: 1 };
    const made = await app.seller.post(app.path('/files'), body);
    expectSample(made, 201, sample, under('data', FILE_EXTRAS));
    const { id } = made.body.data;
    expect(id).toMatch(/^[0-9a-z]{6}$/);
    expect(made.body.data).toMatchObject({
      name: 'loader.exe',
      path: `/uploads/${app.id}/${id}_loader.exe`,
      minLevel: 1,
      size: 2516582,
      sha256: null,
    });
    const listed = await app.seller.get(app.path('/files'));
    const item = { id: 'abc123', name: 'loader.exe', size: 1, minLevel: 1 };
    expectSample(listed, 200, { success: true, data: [item] }, [
      ...under('data[]', FILE_EXTRAS),
      'pagination',
    ]);
    // Nothing was uploaded: clients know of no such file.
    expect((await app.call('list_files', { sessionToken: token })).body.data).toEqual([]);
    expectError(await ask({ fileId: id }), 404, 'File not found', 'NOT_FOUND');
  });

  test('upload, replace, rename, level, delete', async () => {
    const { id } = await app.file('old');
    const replaced = await app.upload(id, CONTENT);
    expect(replaced.body.data).toMatchObject({ size: CONTENT.length, sha256: digest });
    expect((await download(id)).bytes.equals(CONTENT)).toBe(true);
    const change = { name: 'renamed.exe', minLevel: 6, version: '2.0.0', channel: 'beta' };
    const changed = await app.seller.patch(app.path(`/files/${id}`), change);
    expect(changed.body.data).toMatchObject({ ...change, size: CONTENT.length, sha256: digest });
    expect((await app.seller.get(app.path(`/files/${id}`))).body.data).toEqual(changed.body.data);
    const kept = await app.seller.patch(app.path(`/files/${id}`), { version: null });
    expect(kept.body.data).toMatchObject({ ...change, version: null });
    expect((await download(id)).code).toBe('INSUFFICIENT_LEVEL');
    const gone = await app.seller.delete(app.path(`/files/${id}`));
    expect(gone.body).toEqual({ success: true, message: 'File deleted' });
    expect((await download(id)).status).toBe(404);
    expectError(await app.upload(id, 'x'), 404, 'File not found', 'FILE_NOT_FOUND');
  });

  test("list_files: «only files the user's level allows»", async () => {
    const low = await app.file('low', { minLevel: 5 });
    await app.file('high', { minLevel: 6 });
    const answer = await app.call('list_files', { sessionToken: token });
    const item = { id: 'abc123', name: 'a', size: 1, minLevel: 1 };
    expectSample(answer, 200, { success: true, data: [item] }, under('data[]', CLIENT_EXTRAS));
    expect(answer.body.data.map((file: { id: string }) => file.id)).toEqual([low.id]);
  });

  test('file: name, size and a link that is good once (D-A3)', async () => {
    const { id } = await app.file(CONTENT, { name: 'loader.exe' });
    const answer = await ask({ fileId: id });
    const data = { name: 'loader.exe', size: 1, downloadUrl: '' };
    expectSample(answer, 200, { success: true, data }, under('data', ['id', ...CLIENT_EXTRAS]));
    const { downloadUrl } = answer.body.data;
    expect(downloadUrl).toMatch(new RegExp(`^/v1/files/download/${id}\\?token=dl_[\\w-]{43}$`));
    const looked = await fetchBytes(server.url + downloadUrl, {}, 'HEAD');
    expect([looked.status, looked.headers.get('content-length')]).toEqual([200, '33']);
    const first = await fetchBytes(server.url + downloadUrl);
    expect(first.bytes.equals(CONTENT)).toBe(true);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '33',
      'content-disposition': 'attachment; filename="loader.exe"',
      'cache-control': 'no-store',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      etag: `"${digest}"`,
    });
    const second = await fetchBytes(server.url + downloadUrl);
    expect([second.status, second.code]).toEqual([401, 'INVALID_TICKET']);
  });

  test('file answers the bytes by `raw`, or as the application says (D-A3)', async () => {
    const { id } = await app.file(CONTENT);
    const bytes = await ask({ fileId: id, raw: true });
    expect([bytes.headers.get('content-type'), bytes.text]).toEqual([
      'application/octet-stream',
      CONTENT.toString(),
    ]);
    await app.seller.patch(app.path(), { fileResponseMode: 'binary' });
    expect((await ask({ fileId: id })).text).toBe(CONTENT.toString());
    expect((await ask({ fileId: id, raw: false })).body.data.downloadUrl).toBeDefined();
    expectError(await ask({ fileId: 'zzzzzz' }), 404, 'File not found', 'NOT_FOUND');
  });

  test('refusals of `file`, in the words of the document', async () => {
    const { id } = await app.file(CONTENT, { minLevel: 6 });
    const low = 'Insufficient access level for this file';
    expectError(await ask({ fileId: id }), 403, low, 'INSUFFICIENT_LEVEL');
    expectError(await ask({ fileId: id, raw: true }), 403, low, 'INSUFFICIENT_LEVEL');
    const stranger = await ask({ fileId: id, sessionToken: 'sess_nobody' });
    expectError(stranger, 401, 'Invalid session', 'INVALID_SESSION');
    const nothing = await ask({});
    expect(nothing.body.errors).toEqual([{ field: 'fileId', message: 'must be sent, or name' }]);
    expectError(await ask({ name: 'unknown' }), 404, 'File not found', 'NOT_FOUND');
  });

  test('the download route takes the session token in the header or, for old SDKs, as ?token=', async () => {
    const { id } = await app.file(CONTENT);
    expect((await download(id)).bytes.equals(CONTENT)).toBe(true);
    const old = `${server.url}/v1/files/download/${id}?token=${token}`;
    expect((await fetchBytes(old)).bytes.equals(CONTENT)).toBe(true);
    const none = await fetchBytes(`${server.url}/v1/files/download/${id}`);
    expect([none.status, none.code]).toEqual([401, 'INVALID_SESSION']);
    const missing = await download('zzzzzz');
    expect([missing.status, missing.code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('files of document 001', () => {
  test('/v1/client/files/:fileId and /bytes, with Bearer or X-Session-Token (D-B7)', async () => {
    const { id } = await app.file(CONTENT, { name: 'loader.exe', minLevel: 1 });
    const login = await http(server.url).post(
      '/v1/client/login',
      { username: user.username, password: user.password },
      { headers: { 'x-api-key': app.apiKey } },
    );
    const jwt = login.body.data.token as string;
    for (const headers of [
      { authorization: `Bearer ${jwt}` },
      { authorization: `Bearer ${token}` },
      { 'x-session-token': token },
    ] as Record<string, string>[]) {
      const answer = await http(server.url).get(`/v1/client/files/${id}`, {
        headers: { 'x-api-key': app.apiKey, ...headers },
      });
      const data = { id, name: 'loader.exe', size: CONTENT.length, minLevel: 1 };
      expectSample(answer, 200, { success: true, data }, under('data', CLIENT_EXTRAS));
      expect(answer.body.data).toMatchObject(data);
      expect((await rest(`${id}/bytes`, headers)).bytes.equals(CONTENT)).toBe(true);
    }
    const none = await rest(`${id}/bytes`);
    expect([none.status, none.code]).toEqual([401, 'INVALID_SESSION']);
  });

  test('/v1/admin/files/upload takes a form, its fields before or after the file (D-B6)', async () => {
    for (const order of ['before', 'after']) {
      const form = new FormData();
      const file = () => form.append('file', new Blob([CONTENT]), 'from disk.exe');
      if (order === 'after') file();
      form.append('appId', app.id);
      form.append('minLevel', '3');
      if (order === 'before') file();
      const { accessToken } = app.seller;
      const response = await fetch(`${server.url}/v1/admin/files/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
        body: form,
      });
      const body = (await response.json()) as { data: MadeFile & { path: string } };
      expect([response.status, body.data]).toMatchObject([
        201,
        { name: 'from disk.exe', size: CONTENT.length, minLevel: 3, sha256: digest },
      ]);
      expect(body.data.path).toBe(`/uploads/${app.id}/${body.data.id}_from disk.exe`);
      expect((await download(body.data.id)).bytes.equals(CONTENT)).toBe(true);
    }
  });
});

describe('versions and channels', () => {
  test('a client gets the newest version that its level allows, within a channel', async () => {
    const at = (version: string, more: object = {}) =>
      app.file(version, { name: 'tool.exe', version, ...more });
    await at('1.9.0');
    const newest = await at('1.10.0');
    await at('1.10.0-rc.1');
    await at('2.0.0', { minLevel: 6 });
    const beta = await at('3.0.0-beta.2', { channel: 'beta' });
    await app.file('unversioned', { name: 'tool.exe' });
    expect((await ask({ name: 'tool.exe' })).body.data).toMatchObject({
      id: newest.id,
      version: '1.10.0',
      channel: 'stable',
    });
    expect((await ask({ name: 'tool.exe', channel: 'beta', raw: true })).text).toBe('3.0.0-beta.2');
    const latest = await rest('latest?name=tool.exe&channel=beta', { 'x-session-token': token });
    expect(JSON.parse(latest.bytes.toString()).data.id).toBe(beta.id);
    const twice = await app.seller.post(app.path('/files'), { name: 'tool.exe', version: '1.9.0' });
    expect([twice.status, twice.body.code]).toEqual([409, 'FILE_VERSION_EXISTS']);
  });
});

describe('ranges, validators and events', () => {
  const plain = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
  let id: string;
  beforeEach(async () => {
    ({ id } = await app.file(plain));
  });

  test('one range is 206, several are the whole, one behind the end is 416', async () => {
    const cases: [range: string, status: number, from?: number, to?: number][] = [
      ['bytes=0-0', 206, 0, 1],
      ['bytes=65530-65545', 206, 65_530, 65_546],
      ['bytes=131072-', 206, 131_072, 200_000],
      ['bytes=-5', 206, 199_995, 200_000],
      ['bytes=-999999', 206, 0, 200_000],
      ['bytes=199999-999999', 206, 199_999, 200_000],
      ['bytes=0-1,5-6', 200, 0, 200_000],
      ['bytes=5-2', 200, 0, 200_000],
      ['lines=1-2', 200, 0, 200_000],
      ['bytes=200000-', 416],
      ['bytes=-0', 416],
    ];
    for (const [range, status, from, to] of cases) {
      const answer = await download(id, { range });
      const length = answer.headers.get('content-range');
      expect([range, answer.status]).toEqual([range, status]);
      if (status === 416) {
        expect([length, answer.code]).toEqual(['bytes */200000', 'RANGE_NOT_SATISFIABLE']);
      } else {
        expect(answer.bytes.equals(plain.subarray(from, to))).toBe(true);
        expect(length).toBe(status === 206 ? `bytes ${from}-${to! - 1}/200000` : null);
      }
    }
  });

  test('If-Range continues only the same content; If-None-Match is 304; HEAD sends no bytes', async () => {
    const head = await download(id, { range: 'bytes=0-9' }, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.bytes.length]).toEqual([
      200,
      '200000',
      0,
    ]);
    const etag = head.headers.get('etag')!;
    const range = 'bytes=100-199';
    expect((await download(id, { range, 'if-range': etag })).status).toBe(206);
    expect((await download(id, { 'if-none-match': etag })).status).toBe(304);
    await app.upload(id, 'another content');
    const changed = await download(id, { range, 'if-range': etag });
    expect([changed.status, changed.bytes.toString()]).toEqual([200, 'another content']);
  });

  test('file.download tells of what begins with the first byte, once a request; file.published of each content', async () => {
    await download(id);
    await download(id, { range: 'bytes=0-99' });
    await download(id, { range: 'bytes=100-' });
    await download(id, {}, 'HEAD');
    await download(id, { range: 'bytes=300000-' });
    const [first, second, ...more] = await events('file.download');
    expect([second!.data, more]).toEqual([first!.data, []]);
    const [published] = await events('file.published');
    const { name, size, version, channel, fileId, appId } = published!.data;
    expect(published!.data).toEqual({
      fileId: id,
      name: expect.any(String),
      size: plain.length,
      version: null,
      channel: 'stable',
      minLevel: 0,
      appId: app.id,
    });
    expect(first!.data).toEqual({
      ...{ fileId, name, size, version, channel, appId },
      userId: uuidOf(user.id),
      username: user.username,
      licenseId: uuidOf(user.license.id),
      sessionId: expect.any(String),
      ip: '127.0.0.1',
    });
  });
});
