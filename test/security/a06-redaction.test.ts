import { parseConfig } from '../../src/config';
import { ErrorResponder } from '../../src/platform/http';
import { createLogger } from '../../src/platform/logging';
import { anApp, aSeller, unique } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { storedText } from './support';

describe('A-06 secrets of requests reach no log, no audit record and no error answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ LOG_LEVEL: 'debug' });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  /** Lives through everything that takes a secret, well and badly; gives secrets and error answers. */
  async function live(): Promise<{ secrets: Record<string, string>; errors: string[] }> {
    const seller = await aSeller(server.url);
    const app = await anApp(seller);
    const [used, free] = await app.licenses({ count: 2 });
    const names = [
      'password',
      'newPassword',
      'wrong',
      'bearer',
      'session',
      'hash',
      'hook',
      'moved',
    ];
    const planted = Object.fromEntries(names.map((name) => [name, unique(`planted-${name}-`)]));
    const { password, newPassword, wrong, bearer, session, hook, moved } = planted as Record<
      string,
      string
    >;
    const username = unique('user');
    const answers = [
      await app.call('register', { username, password, licenseKey: used!.key }),
      await app.call('register', { username, password, licenseKey: free!.key }),
      await app.call('register', { username: 7, password, licenseKey: free!.key }),
      await app.call('login', { username, password: wrong }),
      await app.call('login', { username: [password], password: { password } }),
      await app.call('license', { licenseKey: free!.key, hwid: 'H' }),
      await app.call('license', { licenseKey: `${free!.key}-WRONG`, hwid: 'H2' }),
      await app.call('check', { sessionToken: session }),
      await app.call('nonsense', { sessionToken: session }),
      await app.call('check', { sessionToken: session, apiKey: wrong }),
      await seller.post('/v1/auth/login', { email: seller.email, password: wrong }),
      await seller.post('/v1/auth/login', { email: wrong, password }),
      await seller.post('/v1/auth/refresh', { refreshToken: wrong }),
      await seller.post('/v1/auth/change-password', { currentPassword: wrong, newPassword }),
      await seller.get(`/v1/admin/apps?token=${bearer}`),
      await http(server.url).get('/v1/auth/profile', { token: bearer! }),
      await http(server.url).get(`/v1/auth/profile?access_token=${bearer}`),
      await seller.get(app.path(`/licenses/by-key/${free!.key}`)),
      await http(server.url).get(app.path(`/licenses/by-key/${free!.key}`)),
      await seller.post(app.path(`/licenses/by-key/${free!.key}`), {}),
      await seller.get(app.path(`/licenses?search=${free!.key}&nonsense=${wrong}`)),
      await seller.post(app.path('/users'), { username: unique('u'), password }),
      await seller.post(
        app.path('/regenerate-key'),
        {},
        { headers: { 'idempotency-key': unique('i') } },
      ),
    ];
    const url = (path: string) => `https://${unique('hook-')}.example/${path}`;
    const made = await seller.post(app.path('/webhooks'), { url: url(hook!), events: ['*'] });
    const webhook = app.path(`/webhooks/${made.body.data.id}`);
    answers.push(
      made,
      await seller.patch(webhook, { url: url(moved!) }),
      await seller.post(`${webhook}/rotate-secret`),
      await seller.post(app.path('/webhooks'), { url: `http://127.0.0.1/${hook}`, events: ['*'] }),
      await seller.delete(webhook),
    );
    const users = await seller.get(app.path('/users'));
    const id = users.body.data[0].id as string;
    answers.push(await seller.patch(app.path(`/users/${id}`), { password: newPassword }));
    const login = await app.call('login', { username, password });
    const secrets = {
      ...planted,
      accessToken: seller.accessToken,
      refreshToken: seller.refreshToken,
      apiKey: app.apiKey,
      usedKey: used!.key,
      freeKey: free!.key,
      sessionToken: String(login.body.data?.sessionToken ?? 'none given'),
    };
    return {
      secrets,
      errors: answers.filter(({ status }) => status >= 400).map(({ text }) => text),
    };
  }

  async function hits(): Promise<string[]> {
    server.logs.length = 0;
    const { secrets, errors } = await live();
    const audit = await storedText(server.database, ['audit_records']);
    const places = { logs: server.logs.join('\n'), audit, errors: errors.join('\n') };
    return Object.entries(places).flatMap(([place, text]) =>
      Object.entries(secrets)
        .filter(([, secret]) => text.includes(secret))
        .map(([name]) => `${name} in ${place}`),
    );
  }

  test('A-06 no planted secret occurs at LOG_LEVEL=debug', async () => {
    expect(await hits()).toEqual([]);
    expect(server.logs.length).toBeGreaterThan(20);
  });

  test('A-06 twin: a log of whole bodies is caught', async () => {
    const log = function (
      this: { logger: { info(text: string): void } },
      _: unknown,
      request: { body: unknown },
    ) {
      this.logger.info(JSON.stringify(request.body));
    };
    jest.spyOn(ErrorResponder.prototype as never, 'log').mockImplementation(log as never);
    expect(await hits()).toEqual(expect.arrayContaining(['password in logs', 'freeKey in logs']));
  });

  test('A-06 the logger itself strikes secrets out, should somebody log an object that holds them', () => {
    const written: string[] = [];
    const logger = createLogger(parseConfig({ LOG_LEVEL: 'debug' }), {
      write: (line) => void written.push(line),
    });
    const names = [
      'password',
      'currentPassword',
      'newPassword',
      'apiKey',
      'licenseKey',
      'sessionToken',
      'accessToken',
      'refreshToken',
      'authorization',
      'passwordHash',
    ];
    const secrets = Object.fromEntries(names.map((name) => [name, 'planted']));
    logger.info({ ...secrets, body: secrets, request: { headers: secrets } }, 'request');
    expect(written.join('')).not.toContain('planted');
    expect(written.join('').match(/\[redacted\]/g)).toHaveLength(names.length * 3);
  });
});
