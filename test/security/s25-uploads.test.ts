import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import { Upload } from '../../src/platform/http';
import { DiskStorage } from '../../src/platform/storage/disk-storage';
import { aForm, anApp, aSeller, TestApp } from '../factories';
import { until } from '../faults/support/until';
import { blobsIn, published, sweepLater } from '../files/support';
import { fetchBytes } from '../support/bytes';
import type { Answer } from '../support/http';
import { startTestServer, TestServer } from '../support/server';

const LIMIT = 300_000;

let folder: string;
let root: string;
let server: TestServer;
let app: TestApp;
let token: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-s25-'));
  root = join(folder, 'files');
  server = await startTestServer({
    FILES_DIR: root,
    FILE_LIMIT_BYTES: String(LIMIT),
    BACKGROUND_JOBS: 'false',
  });
  app = await anApp(await aSeller(server.url));
  const { username } = await app.user();
  token = await app.login(username);
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing is stored but what files have, as soon as the last upload has ended. */
async function nothingIsLeftOver(): Promise<void> {
  const others = () =>
    server.database.value<number>(
      "SELECT count(*)::int FROM file_blobs WHERE state NOT IN ('PUBLISHED', 'UNUSED')",
    );
  const clean = async () => {
    if ((await others()) > 0) return false;
    await sweepLater(server);
    return blobsIn(root).join() === (await published(server)).join();
  };
  await until('only what files have is stored', clean, 10_000);
}

describe('S-25 names of files', () => {
  const HOSTILE = [
    ...['../../etc/passwd', '..\\..\\boot.ini', '/etc/passwd', 'C:\\x.exe', '.', '..', 'a/../b'],
    ...['nul\0.exe', 'line\r\nX-Injected: 1', 'exe.\u202etxt', 'x'.repeat(4_096), 'dot.', ''],
  ];
  const ODD = [
    ...['%2e%2e%2fetc%2fpasswd', '..%5c', 'CON', 'aux.exe', '.hidden', 'quote".exe', "tick'.exe"],
    ...['semi;colon.exe', '日本語 файл.exe', '100%.exe', "a*b(c)'d.exe", '-rf', '$(reboot)'],
  ];

  test('S-25 what is no plain name is refused, with its field, by body and by form', async () => {
    for (const name of HOSTILE) {
      const answer = await app.seller.post(app.path('/files'), { name });
      expect([name, answer.status, answer.body.errors?.[0]?.field]).toEqual([name, 400, 'name']);
    }
    for (const name of HOSTILE.filter((hostile) => !/[\r\n\0]/.test(hostile))) {
      const answer = await app.uploadForm('x', { name });
      expect([name, answer.status]).toEqual([name, 400]);
    }
    await nothingIsLeftOver();
  });

  test('S-25 an odd name comes back whole in a header that has one meaning (RFC 6266)', async () => {
    for (const name of ODD) {
      const { id } = await app.file('x', { name });
      const url = `${server.url}/v1/files/download/${id}`;
      const { status, headers } = await fetchBytes(url, { 'x-session-token': token });
      const header = headers.get('content-disposition')!;
      const [, plain, extended] =
        /^attachment; filename="([^"\\/\r\n]*)"(?:; filename\*=UTF-8''([\w.!#$&+^`|~%-]*))?$/.exec(
          header,
        )!;
      expect([status, extended === undefined ? plain : decodeURIComponent(extended)]).toEqual([
        200,
        name,
      ]);
    }
  });

  test("S-25 nothing is written outside of the root, and nothing in it has a user's name", async () => {
    const around = () => [readdirSync(folder), readdirSync(dirname(resolve(root)))];
    const before = around();
    for (const name of ODD) await app.file('x', { name });
    expect(around()).toEqual(before);
    expect(blobsIn(root)).toEqual(await published(server));
  });

  test('S-25 twin: a blob path with a name of a user in it is found out', async () => {
    let name = '';
    jest
      .spyOn(DiskStorage.prototype as never, 'pathOf')
      .mockImplementation((() => join(root, name)) as never);
    const escaped: string[] = [];
    for (const odd of ['../outside.exe', 'aa/loader.exe', '..hidden']) {
      name = odd;
      await app.file('x');
      const outside = readdirSync(folder).length > 1;
      const strange = (() => {
        try {
          return blobsIn(root).length < 0;
        } catch {
          return true;
        }
      })();
      if (outside || strange) escaped.push(odd);
      rmSync(join(root, name), { force: true });
      rmSync(join(root, 'aa/loader.exe'), { force: true });
    }
    expect(escaped).toHaveLength(3);
    await server.database.rows('DELETE FROM files');
    await sweepLater(server);
    jest.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
  });
});

describe('S-26 abuse of uploads', () => {
  beforeAll(() => app.file('so that the root exists'));

  /** Chunks without end, or until somebody has had enough. */
  function endless(limit = Infinity) {
    let sent = 0;
    const chunk = Buffer.alloc(50_000, 7);
    const stream = Readable.from(
      (function* () {
        while (sent < limit) {
          sent += chunk.length;
          yield chunk;
        }
      })(),
    );
    return { stream, sent: () => sent };
  }

  async function putStream(id: string, stream: Readable) {
    const response = await fetch(server.url + app.path(`/files/${id}/content`), {
      method: 'PUT',
      headers: { authorization: `Bearer ${app.seller.accessToken}` },
      body: Readable.toWeb(stream),
      duplex: 'half',
    }).catch(() => null);
    return response?.status ?? null;
  }

  /** Sends a length and fewer bytes, then hangs up. */
  function lie(path: string, declared: number, bytes: Buffer, headers = {}): Promise<void> {
    const { port } = new URL(server.url);
    return new Promise((done) => {
      const lying = request({
        port,
        host: '127.0.0.1',
        method: path.endsWith('upload') ? 'POST' : 'PUT',
        path,
        headers: {
          authorization: `Bearer ${app.seller.accessToken}`,
          'content-length': declared,
          ...headers,
        },
      });
      lying.on('error', () => undefined).on('close', () => done());
      lying.write(bytes, () => setImmediate(() => lying.destroy()));
    });
  }

  const uploadAs = (contentType: string, raw: Buffer | string): Promise<Answer> =>
    app.seller.post('/v1/admin/files/upload', undefined, {
      headers: { 'content-type': contentType },
      raw: Buffer.from(raw),
    });

  test('S-26 too much is refused: declared, in chunks without end, or in a form; nothing changes', async () => {
    const { id } = await app.file('as it was');
    const much = Buffer.alloc(LIMIT + 1);
    expect((await app.upload(id, much)).status).toBe(413);
    const flood = endless();
    expect([413, null]).toContain(await putStream(id, flood.stream));
    // What is read to the end of politeness, and what the sockets hold.
    expect(flood.sent()).toBeLessThan(100_000_000);
    const inForm = await uploadAs(...formOf('f', much.toString('latin1')));
    expect([inForm.status, inForm.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const url = `${server.url}/v1/files/download/${id}`;
    const { bytes } = await fetchBytes(url, { 'x-session-token': token });
    expect(bytes.toString()).toBe('as it was');
    expect((await app.upload(id, Buffer.alloc(LIMIT))).status).toBe(200);
    expect(await putStream(id, endless(LIMIT - 50_000).stream)).toBe(200);
    await nothingIsLeftOver();
  });

  test('S-26 who goes on sending after the refusal is cut off', async () => {
    const { id } = await app.file('as it was');
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined).resume();
    const head = [
      `PUT ${app.path(`/files/${id}/content`)} HTTP/1.1`,
      'Host: a',
      `Authorization: Bearer ${app.seller.accessToken}`,
      'Transfer-Encoding: chunked',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const chunk = Buffer.concat([
      Buffer.from('10000\r\n'),
      Buffer.alloc(65_536),
      Buffer.from('\r\n'),
    ]);
    let sent = 0;
    while (!socket.destroyed) {
      sent += chunk.length;
      if (!socket.write(chunk)) await Promise.race([gone, once(socket, 'drain').catch(() => null)]);
    }
    expect(sent).toBeLessThan(100_000_000);
  });

  test('S-26 less than was declared publishes nothing', async () => {
    const { id } = await app.file('as it was');
    const before = await published(server);
    await lie(app.path(`/files/${id}/content`), 200_000, Buffer.alloc(100_000));
    const [contentType, body] = formOf('f', 'x'.repeat(100_000));
    const unfinished = body.subarray(0, 50_000);
    const headers = { 'content-type': contentType };
    await lie('/v1/admin/files/upload', body.length, unfinished, headers);
    await lie('/v1/admin/files/upload', body.length, Buffer.from('--'), headers);
    expect(await published(server)).toEqual(before);
    await nothingIsLeftOver();
  });

  test('S-26 malformed, crowded and clever forms are refused, and the server lives', async () => {
    const border = 'multipart/form-data; boundary=b';
    const field = (name: string, value = 'x') =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file = (name = 'file') =>
      `--b\r\nContent-Disposition: form-data; name="${name}"; filename="a.exe"\r\n\r\nbytes\r\n`;
    const end = '--b--\r\n';
    const appId = field('appId', app.id);
    const forms: [what: string, type: string, form: string, status: number][] = [
      ['no form', 'application/json', '{}', 415],
      ['no boundary', 'multipart/form-data', 'x', 415],
      ['an empty boundary', 'multipart/form-data; boundary=', 'x', 400],
      ['nothing', border, '', 400],
      ['no end', border, appId + file(), 400],
      ['no file', border, appId + end, 400],
      ['two files', border, appId + file() + file() + end, 400],
      ['a file of another name', border, appId + file('photo') + end, 400],
      ['ten thousand parts', border, appId + field('a').repeat(10_000) + file() + end, 400],
      ['a huge field', border, field('name', 'x'.repeat(100_000)) + appId + file() + end, 400],
      ['a prototype', border, field('__proto__') + appId + file() + end, 400],
      ['a constructor', border, field('constructor') + appId + file() + end, 400],
      ['a level that is none', border, appId + field('minLevel', '-1') + file() + end, 400],
      ['no application', border, file() + end, 400],
      ['a foreign application', border, field('appId', 'nothing') + file() + end, 404],
      ['headers without end', border, `--b\r\n${'X-A: 1\r\n'.repeat(5_000)}\r\nx\r\n${end}`, 400],
      ['binary noise', border, Buffer.alloc(5_000, 0xff).toString('latin1'), 400],
    ];
    for (const [what, type, form, status] of forms) {
      const answer = await uploadAs(type, Buffer.from(form, 'latin1'));
      expect([what, answer.status]).toEqual([what, status]);
    }
    const numeric = await uploadAs(border, appId + field('0') + field('1') + file() + end);
    expect(numeric.status).toBe(201);
    await nothingIsLeftOver();
  });

  test('S-26 an archive is bytes like any other: nothing unpacks it', async () => {
    const bomb = deflateRawSync(Buffer.alloc(20_000_000));
    const { size } = await app.file(bomb, { name: 'bomb.zip' });
    expect(size).toBe(bomb.length);
    await nothingIsLeftOver();
  });

  test('S-26 twin: without a limit while it streams, all of it comes in', async () => {
    const read = Upload.prototype.read;
    jest.spyOn(Upload.prototype, 'read').mockImplementation(function (this: Upload, limits) {
      return read.call(this, { ...limits, bytes: Infinity });
    });
    const accepted: (number | null)[] = [];
    for (let trial = 0; trial < 5; trial++) {
      const { id } = await app.file('x');
      accepted.push(await putStream(id, endless(3 * LIMIT).stream));
    }
    expect(accepted).toEqual([200, 200, 200, 200, 200]);
  });

  function formOf(name: string, content: string): [contentType: string, body: Buffer] {
    const { contentType, body } = aForm(content, { appId: app.id, name });
    return [contentType, body];
  }
});
