import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

/** Decisions of the contract about devices and sessions of one licence. */
describe('decisions about devices', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const useKey = (app: TestApp, licenseKey: string, hwid?: string | null) =>
    app.call('license', { licenseKey, hwid });
  const devices = async (app: TestApp, id: string) => {
    const answer = await app.seller.get(app.path(`/licenses/${id}/devices`));
    return answer.body.data.map(({ hwid }: { hwid: string }) => hwid);
  };
  const reset = (app: TestApp, id: string) =>
    app.seller.post(app.path(`/licenses/${id}/reset-devices`));

  test('D-A5: the first maxDevices HWIDs bind, a further one is refused, bound ones stay welcome', async () => {
    const app = await anApp(server.url);
    const { id, key } = await app.license({ maxDevices: 2 });
    for (const hwid of ['A', 'B', 'A', 'B']) {
      expect((await useKey(app, key, hwid)).status).toBe(200);
    }
    expectError(await useKey(app, key, 'C'), 403, 'Hardware ID mismatch', 'HWID_MISMATCH');
    expect(await devices(app, id)).toEqual(['A', 'B']);
  });

  test('D-A5: more than maxDevices live sessions end the oldest', async () => {
    const app = await anApp(server.url);
    const { key } = await app.license({ maxDevices: 2 });
    const tokens: string[] = [];
    for (let i = 0; i < 4; i++) tokens.push((await useKey(app, key)).body.data.sessionToken);
    const live = await Promise.all(
      tokens.map(async (sessionToken) => (await app.call('check', { sessionToken })).status),
    );
    expect(live).toEqual([401, 401, 200, 200]);
  });

  test('D-A5: user.hwid shows the first binding', async () => {
    const app = await anApp(server.url);
    const user = await app.user({ hwid: 'FIRST', terms: { maxDevices: 2 } });
    await app.login(user.username, 'SECOND');
    const shown = await app.seller.get(app.path(`/users/${user.id}`));
    expect(shown.body.data.hwid).toBe('FIRST');
  });

  test('D-A6: hwidLock is on for a new application', async () => {
    const app = await anApp(server.url);
    expect((await app.call('init')).body.data.hwidLock).toBe(true);
  });

  test('D-A6: without an HWID a client is let in while nothing is bound, and refused afterwards', async () => {
    const app = await anApp(server.url);
    const { key } = await app.license();
    expect((await useKey(app, key)).status).toBe(200);
    expect((await useKey(app, key, 'A')).status).toBe(200);
    for (const hwid of [undefined, null, '']) {
      const answer = await useKey(app, key, hwid);
      expectError(answer, 403, 'Hardware ID mismatch', 'HWID_MISMATCH');
    }
  });

  test('D-A6: with hwidLock off any HWID and none is let in', async () => {
    const app = await anApp(server.url, { hwidLock: false });
    const { key } = await app.license();
    for (const hwid of ['A', 'B', undefined]) {
      expect((await useKey(app, key, hwid)).status).toBe(200);
    }
  });

  test('D-A7: no cooldown unless the application sets one', async () => {
    const app = await anApp(server.url);
    const { id, key } = await app.license();
    await useKey(app, key, 'OLD');
    await reset(app, id);
    expect((await useKey(app, key, 'NEW')).status).toBe(200);
  });

  test('D-A7: within the cooldown only the device bound before the reset returns', async () => {
    const app = await anApp(server.url, { hwidResetCooldownHours: 24 });
    const { id, key } = await app.license();
    await useKey(app, key, 'OLD');
    await reset(app, id);
    expectError(await useKey(app, key, 'NEW'), 403, 'HWID cooldown active', 'HWID_COOLDOWN');
    expect(await devices(app, id)).toEqual([]);
    expect((await useKey(app, key, 'OLD')).status).toBe(200);
  });

  test('D-A7: the cooldown ends to the hour', async () => {
    const app = await anApp(server.url, { hwidResetCooldownHours: 24 });
    const { id, key } = await app.license();
    await useKey(app, key, 'OLD');
    await reset(app, id);
    const resetAgo = (interval: string) =>
      server.database.rows(
        'UPDATE licenses SET devices_reset_at = clock_timestamp() - $2::interval WHERE key = $1',
        [key, interval],
      );
    await resetAgo('23 hours 59 minutes 30 seconds');
    expect((await useKey(app, key, 'NEW')).body.message).toBe('HWID cooldown active');
    await resetAgo('24 hours');
    expect((await useKey(app, key, 'NEW')).status).toBe(200);
  });

  test('D-A7: the reset itself is never blocked, and a second one does not lift the cooldown', async () => {
    const app = await anApp(server.url, { hwidResetCooldownHours: 24 });
    const { id, key } = await app.license();
    await useKey(app, key, 'OLD');
    for (let i = 0; i < 3; i++) expect((await reset(app, id)).status).toBe(200);
    expectError(await useKey(app, key, 'NEW'), 403, 'HWID cooldown active', 'HWID_COOLDOWN');
  });
});
