import { createPublicKey, hkdfSync, verify } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsRepository } from '../../src/modules/apps/apps.repository';
import { KINDS, Language, LANGUAGES } from '../../src/modules/builder/domain/languages';
import { configIn } from '../../src/modules/builder/domain/region';
import { FilesService } from '../../src/modules/files';
import { signedConfig } from '../../src/modules/builder/domain/signed-config';
import { LoaderMaker } from '../../src/modules/builder/loader-maker';
import { LoaderTemplates } from '../../src/modules/builder/loader-templates';
import { Slots } from '../../src/platform/crypto';
import { anApp, aSeller, PASSWORD, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { testSettings } from '../support/settings';
import { missingIds } from './support';

const HOSTILE_TITLES = [
  '../../etc/passwd',
  '..\\..\\Windows\\System32\\cmd',
  'x"; filename="evil.exe',
  "a'; DROP TABLE apps; --",
  '@LATCHKEY_SIGNATURE@ @LATCHKEY_CONFIG@',
  '`${process.exit()}`',
  "''' + __import__('os').getcwd() + '''",
  '$(calc)%COMSPEC%',
  '🚀'.repeat(64),
];
const REFUSED_TITLES = [
  'a\r\nSet-Cookie: session=stolen',
  'a\0b',
  'x'.repeat(10_240),
  '',
  '\u200b',
  '\ud800',
];
const SAFE_DISPOSITION =
  /^attachment; filename="[A-Za-z0-9][A-Za-z0-9._-]{0,70}_loader(\.exe|\.py|\.js|\.ps1)?"$/;

interface Built {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly code: string | undefined;
}

/** Orders a loader and takes the answer as bytes. */
async function build(app: TestApp, order: object = {}, token?: string): Promise<Built> {
  const body = { appId: app.id, language: 'cpp', authType: 'both', title: 'My App', ...order };
  const answer = await fetch(`${app.seller.url}/v1/builder/build`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token ?? app.seller.accessToken}`,
    },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isJson = answer.headers.get('content-type')?.includes('json');
  const code = isJson ? (JSON.parse(bytes.toString()) as { code?: string }).code : undefined;
  return { status: answer.status, headers: answer.headers, bytes, code };
}

/** The forms in which a text may hide in a file. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const texts = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
  return [bytes, Buffer.from(secret, 'utf16le'), ...texts.map((text) => Buffer.from(text))];
}

/** Names of the secrets that stand in some bytes. */
function leaks(bytes: Buffer, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form)))
    .map(([name]) => name);
}

describe('S-29 the builder of loaders', () => {
  let server: TestServer;
  let app: TestApp;
  let templates: LoaderTemplates;
  let folder: string;
  let committed: string;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    app = await anApp(server.url);
    templates = server.app.get(LoaderTemplates, { strict: false });
    committed = templates.directory;
    folder = mkdtempSync(join(tmpdir(), 'latchkey-templates-'));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.close();
  });

  /** Templates that may be spoilt: a copy of the true ones takes their place. */
  function ownTemplates(): (name: string) => string {
    cpSync(committed, folder, { recursive: true, force: true });
    jest.replaceProperty(templates, 'directory', folder);
    return (name) => join(folder, name);
  }

  /** Changes one byte of the middle of a template. */
  function alter(path: string): void {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
  }

  test('S-29 whatever the title holds, the file name is safe and the loader says the title', async () => {
    for (const title of HOSTILE_TITLES) {
      const { status, headers, bytes } = await build(app, { title });
      expect(status).toBe(200);
      expect(headers.get('content-disposition')).toMatch(SAFE_DISPOSITION);
      expect(headers.get('set-cookie')).toBeNull();
      expect(JSON.parse(configIn(bytes)!.body.toString())).toMatchObject({ title });
    }
    for (const title of REFUSED_TITLES) {
      const { status, code } = await build(app, { title });
      expect({ title, status, code }).toEqual({ title, status: 400, code: 'INVALID_INPUT' });
    }
  });

  test('S-29 addresses, languages, ways to sign in and ids of other forms are refused', async () => {
    const bad = [
      { apiUrl: 'javascript:alert(1)' },
      { apiUrl: 'https://user:secret@example.com' },
      { apiUrl: 'https://example.com/?x=1' },
      { apiUrl: `https://example.com/${'a'.repeat(600)}` },
      { language: '../cpp' },
      { language: 'constructor' },
      { authType: 'none' },
      { fileId: 'x'.repeat(65) },
      { hollow: true },
    ];
    for (const order of bad) expect((await build(app, order)).status).toBe(400);
    for (const appId of ['x', `${app.id} `, '../..']) {
      expect((await build(app, { appId })).code).toBe('APP_NOT_FOUND');
    }
  });

  /** Builds for another seller's application, and for none; whether the answers differ. */
  async function askForForeign(): Promise<{ status: number; same: boolean }> {
    const { accessToken } = await aSeller(server.url);
    const without = ({ bytes }: Built) => bytes.toString().replace(/"requestId":"[^"]*"/, '');
    const foreign = await build(app, {}, accessToken);
    const missing = await build(app, { appId: missingIds()['appId'] }, accessToken);
    return { status: foreign.status, same: without(foreign) === without(missing) };
  }

  test("S-29 another seller's application is built for nobody, and looks like none", async () => {
    expect(await askForForeign()).toEqual({ status: 404, same: true });
  });

  test('S-29 twin: where applications are found by id alone, it is built', async () => {
    jest.spyOn(AppsRepository.prototype, 'findOwned').mockImplementation(function (
      this: AppsRepository,
      id,
    ) {
      return this.find(id);
    });
    expect((await askForForeign()).status).toBe(200);
  });

  /** Orders loaders for files of others, and for none; the statuses, and whether the answers differ. */
  async function askForForeignFiles(): Promise<{ statuses: number[]; same: boolean }> {
    const foreign = await (await anApp(server.url)).file('theirs');
    const sibling = await (await anApp(app.seller)).file('of another application');
    const ids = [foreign.id, sibling.id, 'aaaaaa', 'x', '../x'];
    const answers = await Promise.all(ids.map((fileId) => build(app, { fileId })));
    const bodies = answers.map(({ bytes }) => bytes.toString().replace(/"requestId":"[^"]*"/, ''));
    return { statuses: answers.map(({ status }) => status), same: new Set(bodies).size === 1 };
  }

  test('S-29 a file of another application is built into no loader, and looks like none', async () => {
    const { id: fileId } = await app.file('own');
    const own = await build(app, { fileId });
    expect(JSON.parse(configIn(own.bytes)!.body.toString())).toMatchObject({ fileId });
    const refused = { statuses: [404, 404, 404, 404, 404], same: true };
    expect(await askForForeignFiles()).toEqual(refused);
  });

  test('S-29 twin: where files are not looked for, a loader is built for each', async () => {
    jest.spyOn(FilesService.prototype, 'requireOwned').mockResolvedValue({} as never);
    expect((await askForForeignFiles()).statuses).toEqual([200, 200, 200, 200, 200]);
  });

  test('S-29 a template that was altered, is missing or stands in no manifest is not used', async () => {
    const at = ownTemplates();
    for (const language of LANGUAGES) alter(at(KINDS[language].template));
    const answers = await Promise.all(LANGUAGES.map((language) => build(app, { language })));
    for (const { status, code } of answers) {
      expect({ status, code }).toEqual({ status: 404, code: 'TEMPLATE_MISSING' });
    }
    const spoilt = (await app.seller.get('/v1/builder/status')).body.templates;
    expect(Object.values(spoilt)).toEqual(LANGUAGES.map(() => false));

    ownTemplates();
    rmSync(at('loader_cpp.exe'));
    const { bytes } = await build(app);
    expect(bytes.toString()).toContain('npm run build:loaders');
    expect((await build(app, { language: 'cpp-linux' })).status).toBe(200);

    ownTemplates();
    for (const manifest of ['', '{}', '[1]', '{"loader_cpp.exe":1}', '{"loader_cpp.exe":"00"}']) {
      writeFileSync(at('manifest.json'), manifest);
      expect((await build(app)).code).toBe('TEMPLATE_MISSING');
    }
  });

  test('S-29 twin: without the digest check an altered template is built', async () => {
    const at = ownTemplates();
    for (const language of LANGUAGES) alter(at(KINDS[language].template));
    jest.spyOn(LoaderTemplates.prototype as never, 'isUnaltered').mockReturnValue(true as never);
    const answers = await Promise.all(LANGUAGES.map((language) => build(app, { language })));
    expect(answers.map(({ status }) => status)).toEqual(LANGUAGES.map(() => 200));
  });

  /** Orders many loaders at once; how many were read for at the same time, and what came of it. */
  async function crowd(count: number): Promise<{ most: number; answers: Built[] }> {
    const read = templates.read.bind(templates);
    let [running, most] = [0, 0];
    jest.spyOn(templates, 'read').mockImplementation(async (language) => {
      most = Math.max(most, ++running);
      try {
        return await read(language);
      } finally {
        running--;
      }
    });
    const answers = await Promise.all(Array.from({ length: count }, () => build(app)));
    return { most, answers };
  }

  test('S-29 two loaders are built at a time, the rest wait or are told to; all are the same', async () => {
    const { most, answers } = await crowd(120);
    expect(most).toBe(2);
    const [made, told] = [200, 429].map((wanted) => answers.filter((one) => one.status === wanted));
    expect(made!.length + told!.length).toBe(120);
    expect(made!.every(({ bytes }) => bytes.equals(made![0]!.bytes))).toBe(true);
    for (const { code, headers } of told!) {
      expect([code, headers.get('retry-after')]).toEqual(['BUILDS_BUSY', '2']);
    }
  });

  test('S-29 twin: without the slots more are built at a time', async () => {
    const maker = server.app.get(LoaderMaker, { strict: false });
    jest.replaceProperty(maker, 'slots' as never, new Slots(1_000, 0) as never);
    expect((await crowd(40)).most).toBeGreaterThan(2);
  });

  test('S-29 a configuration is signed by this server, and a changed one is not', async () => {
    const { publicKey } = (await app.seller.get('/v1/builder/status')).body;
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    for (const language of LANGUAGES) {
      const { body, signature } = signedConfig((await build(app, { language })).bytes)!;
      expect(verify(null, body, key, signature)).toBe(true);
      const changed = Buffer.from(body.toString().replace('My App', 'My Ape'));
      expect(verify(null, changed, key, signature)).toBe(false);
    }
  });

  /** A byte of the program changed, behind the configuration and its signature. */
  function withOtherByte(loader: Buffer): Buffer {
    const copy = Buffer.from(loader);
    copy[copy.length - 20]! ^= 1;
    return copy;
  }

  /** A script that shows the true configuration in a comment, and runs with another one. */
  function withTwoConfigs(script: Buffer, comment: string): Buffer {
    const config = signedConfig(script)!.body.toString();
    const other = script.toString().replace(config, config.replace('My App', 'My Ape'));
    return Buffer.from(`${comment} '${config}'\n${other}`);
  }

  /** What is said of loaders whose program was changed, each with a configuration of this server. */
  async function judgeChanged(): Promise<unknown[]> {
    const maker = server.app.get(LoaderMaker, { strict: false });
    const built = await Promise.all(LANGUAGES.map((language) => build(app, { language })));
    for (const { bytes } of built) {
      expect(await maker.originOf(bytes)).toMatchObject({
        ...{ configIsOurs: true, programIsOurs: true },
      });
    }
    const byLanguage = (language: Language) => built[LANGUAGES.indexOf(language)]!.bytes;
    const changed = [
      ...built.map(({ bytes }) => withOtherByte(bytes)),
      withTwoConfigs(byLanguage('python'), '#'),
      withTwoConfigs(byLanguage('javascript'), '//'),
      Buffer.concat([byLanguage('cpp'), Buffer.from('more')]),
    ];
    return Promise.all(changed.map((bytes) => maker.originOf(bytes)));
  }

  test('S-29 a loader whose program was changed is not vouched for', async () => {
    const judged = await judgeChanged();
    const refused = { configIsOurs: true, programIsOurs: false };
    expect(judged).toEqual(judged.map(() => expect.objectContaining(refused)));
  });

  test('S-29 twin: judged by the signature alone, it is', async () => {
    jest.spyOn(LoaderMaker.prototype as never, 'isBuilt').mockResolvedValue(true as never);
    const judged = await judgeChanged();
    const vouched = { configIsOurs: true, programIsOurs: true };
    expect(judged).toEqual(judged.map(() => expect.objectContaining(vouched)));
  });

  test('S-29 no loader holds a secret of the server or of its seller', async () => {
    const created = await app.seller.post('/v1/admin/apps', { name: 'With a secret' });
    const { id, apiKey, secret } = created.body.data;
    const own = new TestApp(app.seller, id, apiKey);
    const [stored] = await server.database.rows<{ hash: string }>(
      'SELECT password_hash AS hash FROM sellers WHERE email = $1',
      [app.seller.email],
    );
    const derived = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', testSettings['MASTER_KEY']!, 'latchkey', purpose, 32));
    const secrets = {
      masterKey: testSettings['MASTER_KEY']!,
      jwtSecret: testSettings['JWT_SECRET']!,
      database: server.database.url,
      appSecret: secret as string,
      accessToken: app.seller.accessToken,
      refreshToken: app.seller.refreshToken,
      email: app.seller.email,
      sellerId: app.seller.id,
      password: PASSWORD,
      passwordHash: stored!.hash,
      signingKey: derived('sign:loader-config').toString('latin1'),
      sealKey: derived('seal').toString('latin1'),
    };
    for (const language of LANGUAGES) {
      const { bytes } = await build(own, { language });
      const scanned = { ...secrets, apiKey: own.apiKey };
      expect([language, leaks(bytes, scanned)]).toEqual([language, ['apiKey']]);
      const raw = [secrets.signingKey, secrets.sealKey].map((text) => Buffer.from(text, 'latin1'));
      expect(raw.some((key) => bytes.includes(key))).toBe(false);
    }
    const order: { language: Language; title: string } = { language: 'cpp', title: PASSWORD };
    expect(leaks((await build(own, order)).bytes, secrets)).toEqual(['password']);
  });
});
