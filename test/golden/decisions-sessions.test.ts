import { Heartbeats } from '../../src/modules/sessions';
import { anApp, MadeLicense, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

interface Signed {
  readonly app: TestApp;
  readonly userId: string;
  readonly license: MadeLicense;
  readonly sessionToken: string;
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const check = ({ app, sessionToken }: Signed) => app.call('check', { sessionToken });

async function signedIn(settings?: object): Promise<Signed> {
  const app = await anApp(server.url, settings);
  const { id: userId, username, license } = await app.user();
  return { app, userId, license, sessionToken: await app.login(username) };
}

async function lastSeenAgo({ app }: Signed, interval: string): Promise<void> {
  await server.database.rows(
    'UPDATE sessions SET last_seen_at = clock_timestamp() - $2::interval WHERE app_id = $1',
    [app.id, interval],
  );
}

describe('D-A4: session lifetime', () => {
  test('D-A4: a session lives 24 h without a heartbeat, and no longer', async () => {
    const young = await signedIn();
    await lastSeenAgo(young, '23 hours 59 minutes');
    expect((await check(young)).status).toBe(200);
    const old = await signedIn();
    await lastSeenAgo(old, '24 hours');
    expectError(await check(old), 401, 'Invalid session', 'INVALID_SESSION');
  });

  test('D-A4: check renews the 24 h', async () => {
    const session = await signedIn();
    await lastSeenAgo(session, '23 hours');
    const before = await server.database.value<Date>('SELECT clock_timestamp()');
    expect((await check(session)).status).toBe(200);
    await server.app.get(Heartbeats, { strict: false }).flush();
    const seen = await server.database.value<Date>(
      'SELECT last_seen_at FROM sessions WHERE app_id = $1',
      [session.app.id],
    );
    // The process knows the database's clock to within its last probe.
    expect(seen.getTime()).toBeGreaterThan(before.getTime() - 1_000);
  });

  test('D-A4: the lifetime is the one the application had when the session began', async () => {
    const session = await signedIn({ sessionTtlSeconds: 60 });
    await lastSeenAgo(session, '59 seconds');
    expect((await check(session)).status).toBe(200);
    const silent = await signedIn({ sessionTtlSeconds: 60 });
    await lastSeenAgo(silent, '60 seconds');
    expect((await check(silent)).status).toBe(401);
  });

  const ENDINGS: Record<string, (signed: Signed) => Promise<unknown>> = {
    logout: ({ app, sessionToken }) => app.call('logout', { sessionToken }),
    kill: async ({ app }) => {
      const listed = await app.seller.get(app.path('/sessions'));
      return app.seller.delete(app.path(`/sessions/${listed.body.data[0].id}`));
    },
    ban: ({ app, userId }) => app.seller.post(app.path(`/users/${userId}/ban`), {}),
    freeze: ({ app, userId }) => app.seller.post(app.path(`/users/${userId}/freeze`)),
    'licence ban': ({ app, license }) => app.seller.post(app.path(`/licenses/${license.id}/ban`)),
    'licence delete': ({ app, license }) => app.seller.delete(app.path(`/licenses/${license.id}`)),
    'user delete': ({ app, userId }) => app.seller.delete(app.path(`/users/${userId}`)),
  };

  test.each(Object.keys(ENDINGS))('D-A4: a session ends at once on %s', async (name) => {
    const session = await signedIn();
    // The second answer comes from memory, which must be dropped as well.
    for (let i = 0; i < 2; i++) expect((await check(session)).status).toBe(200);
    await ENDINGS[name]!(session);
    expectError(await check(session), 401, 'Invalid session', 'INVALID_SESSION');
    const listed = await session.app.seller.get(session.app.path('/sessions'));
    expect(listed.body.data).toEqual([]);
  });

  test('D-A4: a session ends on expiry; the client is told once why, then that it has none', async () => {
    const session = await signedIn();
    await server.database.rows('UPDATE licenses SET expires_at = now() WHERE key = $1', [
      session.license.key,
    ]);
    expectError(await check(session), 403, 'Subscription expired', 'LICENSE_EXPIRED');
    expectError(await check(session), 401, 'Invalid session', 'INVALID_SESSION');
  });

  test('D-A4: a session ends with its application', async () => {
    const session = await signedIn();
    await session.app.seller.delete(session.app.path());
    expectError(await check(session), 401, 'Invalid appId or apiKey', 'INVALID_KEY');
    const sql = 'SELECT count(*)::int FROM sessions WHERE app_id = $1';
    expect(await server.database.value(sql, [session.app.id])).toBe(0);
  });

  test('D-A4: regenerating the API key does not end sessions, but the old key stops working', async () => {
    const session = await signedIn();
    expect((await check(session)).status).toBe(200);
    const { app, sessionToken } = session;
    const made = await app.seller.post(app.path('/regenerate-key'));
    expectError(await check(session), 401, 'Invalid appId or apiKey', 'INVALID_KEY');
    const { apiKey } = made.body.data;
    expect((await app.call('check', { apiKey, sessionToken })).status).toBe(200);
  });
});

describe('D-A15: a banned licence with a linked user', () => {
  test('D-A15: ends the sessions, refuses the user by name and by key, until unban', async () => {
    const session = await signedIn();
    const { app, license, userId } = session;
    const { username } = (await app.seller.get(app.path(`/users/${userId}`))).body.data;
    const fields = { username, password: 'securepass123' };
    await app.seller.post(app.path(`/licenses/${license.id}/ban`));
    expect((await check(session)).body.message).toBe('Invalid session');
    expectError(await app.call('login', fields), 403, 'License is banned', 'LICENSE_BANNED');
    const byKey = await app.call('license', { licenseKey: license.key });
    expectError(byKey, 403, 'License is banned', 'LICENSE_BANNED');
    const unban = await app.seller.post(app.path(`/licenses/${license.id}/unban`));
    expect(unban.body).toMatchObject({ success: true, message: 'License unbanned' });
    expect((await app.call('login', fields)).status).toBe(200);
    expect((await check(session)).body.message).toBe('Invalid session');
  });
});
