import { createPublicKey } from 'node:crypto';
import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';

/** The samples of document 000, «Builder API», and what D-A22 adds. */
describe('builder API [seed 000]', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ PUBLIC_URL: 'https://licences.example.com/' });
    app = await anApp(server.url);
  });
  afterAll(() => server.close());

  test('GET /v1/builder/status: templates stand beside success, without data', async () => {
    const { status, body } = await app.seller.get('/v1/builder/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, templates: { 'loader_cpp.exe': true } });
    expect(body).not.toHaveProperty('data');
    expect(body.templates).toEqual({
      'loader_cpp.exe': true,
      'loader_cpp_linux.elf': true,
      'loader_python.py': true,
      'loader_javascript.cjs': true,
      'loader_powershell.ps1': true,
    });
    const key = {
      key: Buffer.from(body.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    } as const;
    expect(createPublicKey(key).asymmetricKeyType).toBe('ed25519');
  });

  test('POST /v1/builder/build: the sample gives a program named after its title', async () => {
    const { id: fileId } = await app.file('content');
    const sample = {
      appId: app.id,
      language: 'cpp',
      fileId,
      title: 'My App Loader',
      authType: 'both',
    };
    const answer = await fetch(`${server.url}/v1/builder/build`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${app.seller.accessToken}`,
      },
      body: JSON.stringify(sample),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="My_App_Loader_loader.exe"',
    );
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(Number(answer.headers.get('content-length'))).toBe(bytes.length);
    expect(bytes.subarray(0, 2).toString()).toBe('MZ');
    const text = /\{"v":1,[^}]+\}/.exec(bytes.toString('latin1'))![0];
    expect(JSON.parse(text)).toEqual({
      v: 1,
      appId: app.id,
      apiKey: app.apiKey,
      apiUrl: 'https://licences.example.com',
      title: 'My App Loader',
      authType: 'both',
      fileId,
    });
  });

  test.each(['login', 'license', 'both'])(
    'authType %s is taken, also without a file',
    async (authType) => {
      for (const fileId of [undefined, null]) {
        const order = { appId: app.id, language: 'python', title: 'A', authType, fileId };
        expect((await app.seller.post('/v1/builder/build', order)).status).toBe(200);
      }
    },
  );

  test('a new API key of the application makes other loaders, the same key the same', async () => {
    const order = { appId: app.id, language: 'javascript', title: 'A', authType: 'login' };
    const build = async () => (await app.seller.post('/v1/builder/build', order)).text;
    const first = await build();
    expect(await build()).toBe(first);
    await app.seller.post(app.path('/regenerate-key'));
    expect(await build()).not.toBe(first);
  });

  test('without a credential, and with one of a client, nothing is built', async () => {
    const order = { appId: app.id, language: 'cpp', title: 'A', authType: 'login' };
    for (const token of [undefined, app.apiKey]) {
      const options = {
        headers: token ? { authorization: `Bearer ${token}` } : { authorization: '' },
      };
      expect((await app.seller.post('/v1/builder/build', order, options)).status).toBe(401);
    }
  });
});
