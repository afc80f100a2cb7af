import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { KINDS, Language, LANGUAGES } from '../../src/modules/builder/domain/languages';
import { configIn } from '../../src/modules/builder/domain/region';
import { anApp, PASSWORD, TestApp, unique } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import { PROJECT_ROOT, SpawnedServer, spawnServer } from '../support/server';
import { testSettings } from '../support/settings';
import { describeWith, findTool } from '../support/tools';
import { Bench, Ending, Lie, linuxHwid, RUNNERS, startLiar } from './support';

const TITLE = `Läufer "№ 1" 'x' \`y\` \\ $HOME 🚀`;
const SECOND_MACHINE = 'another-machine';

let database: TestDatabase;
let server: SpawnedServer;
let bench: Bench;
let app: TestApp;
beforeAll(async () => {
  bench = new Bench();
  database = await freshDatabase();
  server = await spawnServer(database.url, { env: { BACKGROUND_JOBS: 'false' } });
  app = await anApp(server.url);
});
afterAll(async () => {
  await server.stop();
  await Promise.all([bench.close(), database.close()]);
});

/** Lets the licence behind a key run out. */
async function expire(key: string): Promise<void> {
  await database.rows(
    `UPDATE licenses SET activated_at = now() - interval '2 days', expires_at = now() - interval '1 day'
      WHERE key = $1`,
    [key],
  );
}

function refusal({ status, err }: Ending) {
  return { status, said: err.trim() };
}

function describeLoader(language: Language): void {
  let byKey: string;
  let byName: string;
  let both: string;
  const run = (path: string, lines: readonly string[], ...options: string[]) =>
    bench.run(language, path, lines, ...options);

  beforeAll(async () => {
    if (language === 'cpp') await bench.startWine();
    byKey = await bench.build(app, language, { authType: 'license', title: TITLE });
    byName = await bench.build(app, language, { authType: 'login' });
    both = await bench.build(app, language);
  });

  test('the right key: signs in from this machine and says so', async () => {
    const { id, key } = await app.license();
    const about = await run(byKey, [], '--about');
    expect(about.out).toContain(`Server ${server.url}`);
    const hwid = /^This machine ([0-9a-f]{32})\r?$/m.exec(about.out)![1]!;
    if (language !== 'cpp') expect(hwid).toBe(linuxHwid());

    const first = await run(byKey, [key]);
    expect({ ...refusal(first) }).toEqual({ status: 0, said: '' });
    for (const words of [TITLE, 'Test App 1.0.0', 'License activated', 'Session valid']) {
      expect(first.out).toContain(words);
    }
    expect(first.out).toMatch(/^Valid until \d{4}-\d\d-\d\dT[\d:.]+Z\r?$/m);
    const devices = await app.seller.get(app.path(`/licenses/${id}/devices`));
    expect(devices.body.data).toEqual([expect.objectContaining({ hwid })]);
    expect((await run(byKey, [key])).out).toContain('License valid');
    // Nothing it was told stands in what it says.
    expect(first.out + first.err).not.toContain(key);
  });

  test('a wrong key is refused in the words of the server', async () => {
    const ending = await run(byKey, ['WRONG-AAAA-AAAA-AAAA']);
    expect(refusal(ending)).toEqual({ status: 4, said: 'Invalid license key' });
    expect(refusal(await run(byKey, ['']))).toMatchObject({ status: 2 });
  });

  test('user name and password: right, wrong, banned, frozen, and unknown ones', async () => {
    const user = await app.user();
    const right = await run(byName, [user.username, PASSWORD]);
    expect(right.out).toContain('Login successful');
    expect([right.status, right.out.includes(PASSWORD)]).toEqual([0, false]);
    const wrong = { status: 4, said: 'Invalid credentials' };
    expect(refusal(await run(byName, [user.username, 'wrong "\\ pass']))).toEqual(wrong);
    expect(refusal(await run(byName, ['nobody-ä', PASSWORD]))).toEqual(wrong);
    await app.seller.post(app.path(`/users/${user.id}/ban`), { reason: 'r' });
    const banned = { status: 4, said: 'Account banned' };
    expect(refusal(await run(byName, [user.username, PASSWORD]))).toEqual(banned);
  });

  test('a second machine is refused', async () => {
    const { key } = await app.license();
    await app.call('license', { licenseKey: key, hwid: SECOND_MACHINE });
    const mismatch = { status: 4, said: 'Hardware ID mismatch' };
    expect(refusal(await run(byKey, [key]))).toEqual(mismatch);
    const user = await app.user({ hwid: SECOND_MACHINE });
    expect(refusal(await run(byName, [user.username, PASSWORD]))).toEqual(mismatch);
  });

  test('what has expired is refused', async () => {
    const { key } = await app.license();
    await expire(key);
    expect(refusal(await run(byKey, [key]))).toEqual({ status: 4, said: 'License has expired' });
    const user = await app.user();
    await expire(user.license.key);
    const ending = await run(byName, [user.username, PASSWORD]);
    expect(refusal(ending)).toEqual({ status: 4, said: 'Subscription expired' });
  });

  test('where the hash check is on, only a loader whose digest was entered gets in', async () => {
    const strict = await anApp(app.seller);
    const own = await bench.build(strict, language, { authType: 'license' });
    const other = await bench.build(strict, language, { authType: 'license', title: 'Other' });
    const hash = createHash('sha256').update(readFileSync(own)).digest('hex');
    await strict.seller.patch(strict.path(), { hashCheck: true, hashes: [hash] });
    const { key } = await strict.license();
    expect((await run(own, [key])).status).toBe(0);
    expect((await run(other, [key])).status).toBe(4);
  });

  test('a new user registers with a key; one who gives no name signs in with a key alone', async () => {
    const [first, second] = await app.licenses({ count: 2 });
    const username = unique('neu-ü-');
    const registered = await run(both, [username, PASSWORD, first!.key]);
    expect(registered.out).toMatch(/Registration successful\r?\nLogin successful/);
    expect((await run(both, [username, PASSWORD, ''])).status).toBe(0);
    expect((await run(both, ['', second!.key])).out).toContain('License activated');
    const taken = await run(both, [username, PASSWORD, (await app.license()).key]);
    expect(refusal(taken)).toEqual({ status: 4, said: 'Username already exists' });
  });

  test('a server that is down, paused, or none, is told apart', async () => {
    const down = await run(bench.make(language, { apiUrl: 'http://127.0.0.1:9' }), ['K']);
    expect(down.status).toBe(3);
    expect(down.err).toMatch(/^The server cannot be reached: \S/);
    const elsewhere = bench.make(language, { apiUrl: `${server.url}/nowhere` });
    expect(refusal(await run(elsewhere, ['K']))).toEqual({ status: 4, said: 'No such route' });
    const paused = await anApp(app.seller, { status: 'PAUSED' });
    const ending = await run(await bench.build(paused, language), ['', 'K']);
    expect(refusal(ending)).toEqual({ status: 4, said: 'Application is paused' });
  });

  test('without a configuration, or with an unknown option, it says what to do', async () => {
    const { template } = KINDS[language];
    const bytes = readFileSync(join(PROJECT_ROOT, 'loader/templates', template));
    const bare = await run(bench.put(template, bytes), []);
    expect([bare.status, bare.err]).toEqual([
      6,
      expect.stringContaining('without a configuration'),
    ]);
    expect((await run(byKey, [], '--nonsense')).status).toBe(2);
    if (language === 'powershell') return;
    const help = await run(byKey, [], '--help');
    expect(help.out).toMatch(/6\s+loader\s+without\s+a\s+good\s+configuration/);
  });

  describe('a file', () => {
    const BYTES = randomBytes(300_000);
    const SHA256 = createHash('sha256').update(BYTES).digest('hex');
    const GOOD = { name: 'update.bin', size: BYTES.length, sha256: SHA256 };

    test('of the application arrives intact, and only for those of its level', async () => {
      const file = await app.file(BYTES, { name: 'Update ü 1.0.bin', minLevel: 2 });
      const path = await bench.build(app, language, { fileId: file.id, authType: 'license' });
      const [low, high] = [await app.license(), await app.license({ level: 2 })];
      const folder = bench.newFolder();
      const refused = await run(path, [low.key], '--folder', folder);
      const said = 'Insufficient access level for this file';
      expect([refusal(refused), readdirSync(folder)]).toEqual([{ status: 4, said }, []]);
      // An application that answers `file` with the bytes is asked for a link all the same.
      await app.seller.patch(app.path(), { fileResponseMode: 'binary' });
      // The folder may be given as an answer, too.
      const ending = await run(path, [high.key, folder]);
      expect({ ...refusal(ending) }).toEqual({ status: 0, said: '' });
      expect(ending.out).toContain(`SHA-256 is as it should be: ${SHA256}`);
      expect(readdirSync(folder)).toEqual(['Update ü 1.0.bin']);
      expect(readFileSync(join(folder, 'Update ü 1.0.bin')).equals(BYTES)).toBe(true);
    });

    /**
     * What came of a file from a server of lies, and the files that are there afterwards beside the
     * draft of another loader, which nobody touches.
     */
    async function fetchFrom(
      lie: Lie,
      start = run,
    ): Promise<Ending & { files: string[]; folder: string }> {
      const liar = await startLiar(lie);
      const folder = bench.newFolder();
      const foreign = join(folder, 'update.bin.part');
      writeFileSync(foreign, 'half');
      try {
        const path = bench.make(language, { apiUrl: liar.url, fileId: 'abc123' });
        const ending = await start(path, ['K'], '--folder', folder);
        expect(readFileSync(foreign, 'utf8')).toBe('half');
        rmSync(foreign);
        return { ...ending, files: readdirSync(folder), folder };
      } finally {
        liar.close();
      }
    }
    const send = (bytes: Buffer) => (_request: unknown, response: NodeJS.WritableStream) =>
      void response.end(bytes);

    test('that is what it should be is kept, whatever its name, and no control character shown', async () => {
      const good = await fetchFrom({
        offer: { ...GOOD, name: '../../up\u001b"date.bin' },
        send: send(BYTES),
      });
      expect({ status: good.status, err: good.err }).toEqual({ status: 0, err: '' });
      expect(good.files).toEqual(['_.._up __date.bin'.replace('__', '_')]);
      expect(readFileSync(join(good.folder, good.files[0]!)).equals(BYTES)).toBe(true);
      expect(good.out).toContain(`SHA-256 is as it should be: ${SHA256}`);
      expect(good.out).not.toContain('\u001b');
      const bare = await fetchFrom({ offer: { name: 'update.bin' }, send: send(BYTES) });
      expect(bare.out).toContain('The server gave no SHA-256');
      expect(bare.files).toEqual(['update.bin']);
    });

    test('that was changed, cut or grew on the way is asked for once more, and not kept', async () => {
      const changed = Buffer.from(BYTES);
      changed[150_000]! ^= 1;
      const part: Lie['send'] = (_request, response) =>
        response.write(BYTES.subarray(0, 100_000), () => response.destroy());
      const cut: Lie['send'] = (request, response) => {
        response.setHeader('content-length', BYTES.length);
        part(request, response);
      };
      const longer = Buffer.concat([BYTES, BYTES]);
      for (const sending of [send(changed), cut, part, send(BYTES.subarray(1)), send(longer)]) {
        const sent = jest.fn(sending);
        const ending = await fetchFrom({ offer: GOOD, send: sent });
        expect({ status: ending.status, files: ending.files }).toEqual({ status: 5, files: [] });
        expect(ending.err).toContain('The file is damaged');
        expect(sent).toHaveBeenCalledTimes(2);
      }
    });

    test('that was replaced after it was offered is taken as it is offered now', async () => {
      const before = { ...GOOD, name: 'old.bin', size: 7, sha256: '0'.repeat(64) };
      const ending = await fetchFrom({ offer: before, offerLater: GOOD, send: send(BYTES) });
      expect({ ...refusal(ending), files: ending.files }).toEqual({
        ...{ status: 0, said: '', files: ['update.bin'] },
      });
      expect(readFileSync(join(ending.folder, 'update.bin')).equals(BYTES)).toBe(true);
    });

    test('that cannot be written to its end is not kept: status 1', async () => {
      // Short enough to come in one piece, of which more is left over than a buffer holds.
      const short = BYTES.subarray(0, 40_000);
      const offer = { name: 'update.bin', size: short.length };
      const cramped = bench.runCramped.bind(bench, 24, language);
      const ending = await fetchFrom({ offer, send: send(short) }, cramped);
      expect({ status: ending.status, files: ending.files }).toEqual({ status: 1, files: [] });
      expect(ending.err).toContain('Cannot write');
    });

    test('that is nowhere, elsewhere, or sent by no server of files, is told', async () => {
      const gone: Lie['send'] = (_request, response) => {
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{"success":false,"message":"File not found"}');
      };
      const missing = await fetchFrom({ offer: GOOD, send: gone });
      expect({ ...refusal(missing), files: missing.files }).toEqual({
        ...{ status: 4, said: 'File not found', files: [] },
      });
      const away = await fetchFrom({ offer: { ...GOOD, downloadUrl: 'http://evil.example/x' } });
      expect(refusal(away)).toEqual({
        status: 3,
        said: 'The server did not say where the file is',
      });
      const senseless: readonly Lie['send'][] = [
        (_request, response) => void response.writeHead(302, { location: '/x' }).end(),
        (_request, response) => response.writeHead(404).write('{"m', () => response.destroy()),
        ({ socket }) => void socket.end('no HTTP\r\n\r\n'),
      ];
      for (const sending of senseless) {
        const { status, files, err } = await fetchFrom({ offer: GOOD, send: sending });
        expect({ status, files }).toEqual({ status: 3, files: [] });
        expect(err).toMatch(/^The server('s answer makes no sense| cannot be reached)/);
      }
    });
  });
}

for (const language of LANGUAGES) {
  const name = `the loader of ${language}`;
  // Debian has no PowerShell, so nowhere is it required.
  if (language === 'powershell' && !findTool('pwsh'))
    describe.skip(name, () => describeLoader(language));
  else describeWith(RUNNERS[language].slice(0, 1), name, () => describeLoader(language));
}

/** A copy of a loader with its configuration changed, and the digest made right again or not. */
function tamper(path: string, correctDigest: boolean): string {
  const bytes = readFileSync(path);
  const { body } = configIn(bytes)!;
  const changed = Buffer.from(body.toString().replace('Test Loader', 'Evil Loader'));
  changed.copy(bytes, bytes.indexOf(body));
  if (correctDigest) {
    const start = bytes.indexOf('LATCHKEY-LOADER\0');
    createHash('sha256')
      .update(changed)
      .digest()
      .copy(bytes, start + 24);
  }
  return bench.put('tampered.exe', bytes);
}

for (const language of ['cpp-linux', 'cpp'] as const) {
  describeWith(RUNNERS[language], `S-29 the configuration inside ${language}`, () => {
    test('S-29 that is damaged is not used: status 6', async () => {
      const damaged = tamper(await bench.build(app, language), false);
      const ending = await bench.run(language, damaged, [], '--about');
      expect([ending.status, ending.err]).toEqual([6, expect.stringContaining('is damaged')]);
    });

    test('S-29 twin: with a digest of its own a changed one runs: only the signature tells', async () => {
      const changed = tamper(await bench.build(app, language), true);
      const { status, out } = await bench.run(language, changed, [], '--about');
      expect([status, out]).toEqual([0, expect.stringContaining('Evil Loader')]);
      const options = { cwd: PROJECT_ROOT, env: { ...testSettings, PATH: process.env['PATH'] } };
      const verify = (file: string) =>
        promisify(execFile)('node', ['dist/src/cli/main.js', 'loader', 'verify', file], options);
      await expect(verify(changed)).rejects.toMatchObject({
        stderr: expect.stringContaining('nobody here signed its configuration'),
      });
      const own = await bench.build(app, language);
      const { stdout } = await verify(own);
      expect(stdout).toContain(`built by this server: {"v":1,"appId":"${app.id}"`);
      const longer = bench.put('longer.exe', Buffer.concat([readFileSync(own), Buffer.alloc(1)]));
      await expect(verify(longer)).rejects.toMatchObject({
        stderr: expect.stringContaining('its program is another one'),
      });
    });
  });
}

const MINGW = 'x86_64-w64-mingw32-g++-win32';

describeWith(['wine', MINGW], 'S-29 a winhttp.dll among the downloads', () => {
  /** Says so when it is loaded. */
  const PLANTED = `#include <windows.h>
    BOOL WINAPI DllMain(HINSTANCE, DWORD, LPVOID) {
      DWORD done;
      return WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "PLANTED", 7, &done, nullptr);
    }`;
  /** A program that takes WinHTTP as compilers give it. */
  const CARELESS =
    '#include <windows.h>\n#include <winhttp.h>\nint main() { return !WinHttpCheckPlatform(); }';

  /** Compiles a source of its own into a folder. */
  async function compile(source: string, path: string, ...flags: string[]): Promise<void> {
    const file = `${path}.cpp`;
    writeFileSync(file, source);
    await promisify(execFile)(MINGW, [...flags, file, '-o', path, '-lwinhttp']);
  }

  test('S-29 is not loaded by the loader that lies beside it', async () => {
    const path = bench.make('cpp', {});
    await compile(PLANTED, join(dirname(path), 'winhttp.dll'), '-shared');
    const { status, out } = await bench.run('cpp', path, ['K']);
    expect([status, out.includes('PLANTED')]).toEqual([3, false]);
  });

  test('S-29 twin: a program that is linked in the usual way loads it', async () => {
    const folder = bench.newFolder();
    await compile(PLANTED, join(folder, 'winhttp.dll'), '-shared');
    await compile(CARELESS, join(folder, 'careless.exe'));
    const { out } = await bench.run('cpp', join(folder, 'careless.exe'), []);
    expect(out).toContain('PLANTED');
  });
});

describeWith(['openssl'], 'S-29 a server that nobody vouches for', () => {
  const languages = LANGUAGES.filter((one) => findTool(RUNNERS[one][0] ?? 'sh') !== null);

  test('S-29 is told nothing: no loader accepts a certificate signed by itself', async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(bench.folder, name));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      key!,
      '-out',
      cert!,
    ];
    await promisify(execFile)('openssl', ['req', ...made, ...subject]);
    let told = 0;
    const options = { key: readFileSync(key!), cert: readFileSync(cert!) };
    const impostor = createServer(options, () => void told++);
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const apiUrl = `https://localhost:${(impostor.address() as AddressInfo).port}`;
    for (const language of languages) {
      const ending = await bench.run(language, bench.make(language, { apiUrl }), ['K']);
      expect([language, ending.status]).toEqual([language, 3]);
      expect(ending.err).toMatch(/certificate|self.signed|SSL|secure|error 121(57|75)/i);
    }
    expect(told).toBe(0);
    impostor.close();
  });
});

describeWith(['python3'], 'S-29 a password at a terminal', () => {
  test.each(['cpp-linux', 'python', 'javascript'] as const)(
    'S-29 is not shown by %s',
    async (language) => {
      const user = await app.user();
      const path = await bench.build(app, language, { authType: 'login' });
      const words = [
        join(__dirname, 'terminal.py'),
        user.username,
        PASSWORD,
        ...RUNNERS[language],
        path,
      ];
      const { stdout } = await promisify(execFile)('python3', words);
      expect(stdout).toContain(`User name: ${user.username}`);
      expect(stdout).toContain('Login successful');
      expect(stdout).not.toContain(PASSWORD);
    },
  );
});
