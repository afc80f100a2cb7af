import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError, ISO } from './sample';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await anApp(server.url);
});

async function signedIn(username: string): Promise<string> {
  return app.login((await app.user({ username, terms: { maxDevices: 2 } })).username);
}

async function silentFor(username: string | null, interval: string): Promise<void> {
  await server.database.rows(
    `UPDATE sessions SET last_seen_at = clock_timestamp() - $3::interval
      WHERE app_id = $1 AND username IS NOT DISTINCT FROM $2`,
    [app.id, username, interval],
  );
}

describe('D-A9: fetch_online', () => {
  const online = async (sessionToken: string) =>
    (await app.call('fetch_online', { sessionToken })).body;
  const names = async (sessionToken: string) =>
    (await online(sessionToken)).data.users.map(({ username }: { username: string }) => username);

  test('D-A9: users are objects {username, lastActive}, the latest active first', async () => {
    await signedIn('ann');
    await silentFor('ann', '1 minute');
    const sessionToken = await signedIn('ben');
    const lastActive = expect.stringMatching(ISO);
    expect(await online(sessionToken)).toEqual({
      success: true,
      data: {
        count: 2,
        users: [
          { username: 'ben', lastActive },
          { username: 'ann', lastActive },
        ],
      },
    });
  });

  test('D-A4, D-A9: online is who was heard of within five minutes', async () => {
    for (const name of ['early', 'late']) await signedIn(name);
    await silentFor('early', '4 minutes 55 seconds');
    await silentFor('late', '5 minutes 1 second');
    const sessionToken = await signedIn('me');
    expect(await names(sessionToken)).toEqual(['me', 'early']);
    const figures = await app.call('fetch_stats', { sessionToken });
    expect(figures.body.data.onlineUsers).toBe(2);
  });

  test('D-A9: who asks is online, though the heartbeat is not written yet', async () => {
    const sessionToken = await signedIn('me');
    await silentFor('me', '1 hour');
    expect(await names(sessionToken)).toEqual(['me']);
  });

  test('D-A9: several sessions of a user are one user; a key alone has no name', async () => {
    const sessionToken = await signedIn('ann');
    await app.login('ann');
    const { key } = await app.license();
    await app.call('license', { licenseKey: key });
    expect((await online(sessionToken)).data).toMatchObject({ count: 2 });
    expect(new Set(await names(sessionToken))).toEqual(new Set(['ann', null]));
  });

  test('D-A9: an ended session is not online, nor is one of another application', async () => {
    const other = await anApp(app.seller);
    await other.login((await other.user()).username);
    const gone = await signedIn('gone');
    await app.call('logout', { sessionToken: gone });
    expect(await names(await signedIn('me'))).toEqual(['me']);
  });

  test('D-A9: a thousand users are named, all are counted', async () => {
    const sessionToken = await signedIn('me');
    await server.database.rows(
      `WITH users AS (
         INSERT INTO app_users (id, app_id, username, username_key, password_hash)
         SELECT gen_random_uuid(), $1, 'u' || n, 'u' || n, '' FROM generate_series(1, 1004) n
         RETURNING id, username)
       INSERT INTO sessions (id, token_hash, token_tail, app_id, license_id, user_id, username, ttl_seconds)
       SELECT gen_random_uuid(), sha256(users.id::text::bytea), '', $1, s.license_id, users.id, users.username, 60
         FROM users, sessions s WHERE s.app_id = $1`,
      [app.id],
    );
    const { data } = await online(sessionToken);
    expect([data.count, data.users.length]).toEqual([1_005, 1_000]);
  });
});

describe('D-A14: a read-only variable', () => {
  const setvar = (sessionToken: string, key: string) =>
    app.call('setvar', { sessionToken, key, value: 'mine' });
  const reserve = (key: string, readOnly: boolean) =>
    app.seller.post(app.path('/variables'), { key, value: 'theirs', readOnly });

  test('D-A14: it reserves the name: setvar is refused and changes nothing', async () => {
    const sessionToken = await signedIn('ann');
    await reserve('theme', true);
    const answer = await setvar(sessionToken, 'theme');
    expectError(answer, 403, 'Variable is read-only', 'VARIABLE_READ_ONLY');
    const own = await app.call('getvar', { sessionToken, key: 'theme' });
    expectError(own, 404, 'Variable not found', 'NOT_FOUND');
    const shared = await app.call('var', { sessionToken, key: 'theme' });
    expect(shared.body.data.value).toBe('theirs');
  });

  test('D-A14: one that is not read-only shares its name; setvar never touches it', async () => {
    const sessionToken = await signedIn('ann');
    await reserve('theme', false);
    expect((await setvar(sessionToken, 'theme')).status).toBe(200);
    const read = async (type: string) =>
      (await app.call(type, { sessionToken, key: 'theme' })).body.data.value;
    expect([await read('getvar'), await read('var')]).toEqual(['mine', 'theirs']);
  });

  test('D-A14: what was set before keeps its value from the reservation on', async () => {
    const sessionToken = await signedIn('ann');
    await setvar(sessionToken, 'theme');
    const made = await reserve('theme', false);
    await app.seller.patch(app.path(`/variables/${made.body.data.id}`), { readOnly: true });
    const again = await app.call('setvar', { sessionToken, key: 'theme', value: 'other' });
    expectError(again, 403, 'Variable is read-only', 'VARIABLE_READ_ONLY');
    const read = await app.call('getvar', { sessionToken, key: 'theme' });
    expect(read.body.data.value).toBe('mine');
  });

  test('D-A14: freed or deleted, the name is the clients’ again; other applications never mind', async () => {
    const sessionToken = await signedIn('ann');
    const { id } = (await reserve('theme', true)).body.data;
    await app.seller.patch(app.path(`/variables/${id}`), { readOnly: false });
    expect((await setvar(sessionToken, 'theme')).status).toBe(200);
    await app.seller.patch(app.path(`/variables/${id}`), { readOnly: true });
    await app.seller.delete(app.path(`/variables/${id}`));
    expect((await setvar(sessionToken, 'theme')).status).toBe(200);
    const other = await anApp(app.seller);
    await app.seller.post(other.path('/variables'), { key: 'k', value: '', readOnly: true });
    expect((await setvar(sessionToken, 'k')).status).toBe(200);
  });

  test('D-A14: the seller may give a user a value under a reserved name, for them to read only', async () => {
    const { id, username } = await app.user();
    const sessionToken = await app.login(username);
    await reserve('tier', true);
    await app.seller.put(app.path(`/users/${id}/variables/tier`), { value: 'gold' });
    expect((await setvar(sessionToken, 'tier')).status).toBe(403);
    const read = await app.call('getvar', { sessionToken, key: 'tier' });
    expect(read.body.data.value).toBe('gold');
  });
});
