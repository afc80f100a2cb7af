import { anApp, aSeller, TestApp } from '../factories';
import { Answer, http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

/** Empty counts as not set: the server's own defaults hold, which are the decision's numbers. */
const DEFAULTS = { RATE_LIMIT_SIGN_IN_PER_MINUTE: '', RATE_LIMIT_CLIENT_PER_MINUTE: '' };

describe('D-A21: rate limits per IP and application', () => {
  let server: TestServer;
  let app: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    server = await startTestServer(DEFAULTS);
    const seller = await aSeller(server.url);
    app = await anApp(seller);
    other = await anApp(seller);
  });
  afterAll(() => server.close());

  function expectLimited(answer: Answer): void {
    expectError(answer, 429, 'Too many requests, slow down', 'RATE_LIMITED');
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(Number.isInteger(retryAfter)).toBe(true);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
  }

  const SIGN_INS = {
    login: { username: 'nobody', password: 'wrong password' },
    register: { username: 'nobody', password: 'wrong password', licenseKey: 'NO-SUCH-KEY' },
    license: { licenseKey: 'NO-SUCH-KEY' },
  };

  test('D-A21: 20 a minute on login, register and license together; the 21st waits', async () => {
    const types = Object.keys(SIGN_INS) as (keyof typeof SIGN_INS)[];
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) {
      const type = i < 3 ? 'login' : types[1 + (i % 2)]!;
      statuses.push((await app.call(type, SIGN_INS[type])).status);
    }
    expect(statuses).not.toContain(429);
    for (const type of types) expectLimited(await app.call(type, SIGN_INS[type]));
  });

  test('D-A21: /v1/client counts in the same window, with the code of document 001', async () => {
    const headers = { 'x-api-key': app.apiKey };
    const body = SIGN_INS.license;
    const answer = await http(server.url).post('/v1/client/license', body, { headers });
    const { code, message, error } = answer.body;
    expect({ status: answer.status, code, message, error }).toEqual({
      status: 429,
      code: 'RATE_LIMITED',
      message: 'RATE_LIMITED',
      error: 'Too many requests, slow down',
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('D-A21: the id spelled otherwise is the same application, with no further tries', async () => {
    const appId = app.id.toUpperCase();
    for (const type of Object.keys(SIGN_INS) as (keyof typeof SIGN_INS)[]) {
      expectLimited(await app.call(type, { ...SIGN_INS[type], appId }));
    }
  });

  test('D-A21: sign-ins of one application limit neither its other requests nor other applications', async () => {
    expect((await app.call('init')).status).toBe(200);
    expect((await other.call('license', SIGN_INS.license)).status).toBe(401);
  });

  test('D-A21: 120 a minute otherwise, heartbeats from memory included; the 121st waits', async () => {
    const { key } = await other.license();
    const { sessionToken } = (await other.call('license', { licenseKey: key })).body.data;
    const statuses: number[] = [];
    for (let i = 0; i < 120; i++) {
      statuses.push((await other.call('check', { sessionToken })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    expectLimited(await other.call('check', { sessionToken }));
    expectLimited(await other.call('check', { sessionToken, appId: other.id.toUpperCase() }));
    expectLimited(await other.call('init'));
  });

  test('D-A21: whatever is no id is one application nobody has, to the limiter', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) {
      statuses.push((await app.call('license', { ...SIGN_INS.license, appId: `app-${i}` })).status);
    }
    expect(statuses).toEqual([...Array<number>(20).fill(401), 429]);
  });
});
