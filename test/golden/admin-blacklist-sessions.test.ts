import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample, ISO, under } from './sample';

const ENTRY = { id: 'bl_123', type: 'HWID', value: 'HWID-A1B2C3D4', reason: '...' };
/** What this server also tells of an entry. */
const EXTRAS = ['expiresAt', 'attempts', 'lastAttemptAt', 'createdAt'];
const OURS = {
  expiresAt: null,
  attempts: 0,
  lastAttemptAt: null,
  createdAt: expect.stringMatching(ISO),
};
const SESSION = {
  id: 'sess_123',
  token: '...',
  ip: '192.168.1.1',
  hwid: 'HWID-...',
  appUser: { username: 'john' },
  createdAt: '2025-06-15T12:00:00Z',
};

describe('blacklist and sessions of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  const request = {
    type: 'HWID',
    value: 'HWID-A1B2C3D4',
    reason: 'License sharing detected',
  };

  test('blacklist: «Add an IP, HWID, or username to the blacklist.»', async () => {
    const answer = await app.seller.post(app.path('/blacklist'), request);
    expectSample(answer, 201, { success: true, data: ENTRY }, under('data', EXTRAS));
    const id = expect.stringMatching(/^bl_[0-9a-f]{32}$/);
    expect(answer.body).toEqual({ success: true, data: { id, ...request, ...OURS } });
  });

  test.each([
    { type: 'IP', value: '203.0.113.7' },
    { type: 'HWID', value: 'HWID-1' },
    { type: 'USERNAME', value: 'mallory' },
    { type: 'KEY', value: 'VIP-7KQ2-M9WD-X4TB' },
    { type: 'IP', value: '203.0.113.0/24' },
    { type: 'IP', value: '2001:db8::/32' },
  ])('blacklist: takes $type $value; a reason may be absent', async (entry) => {
    const answer = await app.seller.post(app.path('/blacklist'), entry);
    expect(answer.status).toBe(201);
    expect(answer.body.data).toMatchObject({ ...entry, reason: null });
  });

  test('blacklist: «Get all blacklist entries for an application.»', async () => {
    const other = await anApp(app.seller);
    await app.seller.post(app.path('/blacklist'), request);
    await app.seller.post(other.path('/blacklist'), { ...request, value: 'elsewhere' });
    const answer = await app.seller.get(app.path('/blacklist'));
    expectSample(answer, 200, { success: true, data: [ENTRY] }, [
      ...under('data[]', EXTRAS),
      'pagination',
    ]);
    expect(answer.body.data).toEqual([expect.objectContaining(request)]);
  });

  test.each([
    ['IP', '10.0.0.5/8', 'has bits set behind the prefix; the network is 10.0.0.0/8'],
    ['IP', '10.0.0.0/33', 'must have a prefix length from 0 to 32 after the slash'],
    ['IP', 'localhost', 'must be an IPv4 or IPv6 address or a CIDR network'],
    ['HWID', '   ', 'must hold a visible character'],
    ['USERNAME', '\u200b', 'must hold a visible character'],
  ])('blacklist: refuses %s %j', async (type, value, problem) => {
    const answer = await app.seller.post(app.path('/blacklist'), { type, value });
    expectError(answer, 400, `value: ${problem}`, 'INVALID_INPUT');
    expect(answer.body.errors).toEqual([{ field: 'value', message: problem }]);
  });

  test.each([
    ['IP', '::ffff:203.0.113.7', '203.0.113.7/32'],
    ['IP', '2001:0DB8::/32', '2001:db8::/32'],
    ['HWID', ' HWID-1', 'HWID-1 '],
    ['USERNAME', 'Mallory', 'MALLORY'],
    ['KEY', 'vip-7kq2', ' VIP-7KQ2'],
  ])('blacklist: %s %j and %j are one value', async (type, value, again) => {
    const add = (text: string) => app.seller.post(app.path('/blacklist'), { type, value: text });
    expect((await add(value)).status).toBe(201);
    const message = 'Blacklist entry already exists';
    expectError(await add(again), 409, message, 'BLACKLIST_ENTRY_EXISTS');
  });

  test('blacklist: the list can be had by type', async () => {
    for (const [type, value] of Object.entries({ IP: '::1', HWID: 'A', KEY: 'B', USERNAME: 'c' })) {
      await app.seller.post(app.path('/blacklist'), { type, value });
    }
    const answer = await app.seller.get(app.path('/blacklist?type=KEY'));
    expect(answer.body.data).toEqual([expect.objectContaining({ type: 'KEY', value: 'B' })]);
    expect(answer.body.pagination).toMatchObject({ total: 1 });
    const other = await app.seller.get(app.path('/blacklist?type=EMAIL'));
    expect([other.status, other.body.errors[0].field]).toEqual([400, 'type']);
  });

  test('blacklist: reason and expiry can be changed, each by itself', async () => {
    const added = await app.seller.post(app.path('/blacklist'), request);
    const path = app.path(`/blacklist/${added.body.data.id}`);
    const expiresAt = '2099-01-01T00:00:00.000Z';
    const steps: [object, object][] = [
      [{ reason: 'Charged back' }, { reason: 'Charged back', expiresAt: null }],
      [{ expiresAt }, { reason: 'Charged back', expiresAt }],
      [
        { reason: null, expiresAt: null },
        { reason: null, expiresAt: null },
      ],
      [{}, { reason: null, expiresAt: null }],
    ];
    for (const [changes, expected] of steps) {
      const answer = await app.seller.patch(path, changes);
      expect(answer.body.data).toEqual({ ...added.body.data, ...expected });
    }
    const missing = await app.seller.patch(app.path(`/blacklist/bl_${'0'.repeat(32)}`), {});
    expectError(missing, 404, 'Blacklist entry not found', 'BLACKLIST_ENTRY_NOT_FOUND');
  });

  test('blacklist: an entry that would never hold is refused', async () => {
    const expiresAt = '2020-01-01T00:00:00.000Z';
    const answer = await app.seller.post(app.path('/blacklist'), { ...request, expiresAt });
    expectError(answer, 400, 'expiresAt: must lie in the future', 'INVALID_INPUT');
  });

  test('blacklist: «Remove a blacklist entry.»', async () => {
    const added = await app.seller.post(app.path('/blacklist'), request);
    const license = await app.license();
    const use = () => app.call('license', { licenseKey: license.key, hwid: request.value });
    expect((await use()).body.message).toBe('Hardware banned');
    const path = app.path(`/blacklist/${added.body.data.id}`);
    const answer = await app.seller.delete(path);
    expectSample(answer, 200, { success: true, message: 'Blacklist entry removed' });
    expect(answer.body.message).toBe('Blacklist entry removed');
    expect((await use()).status).toBe(200);
    expectError(
      await app.seller.delete(path),
      404,
      'Blacklist entry not found',
      'BLACKLIST_ENTRY_NOT_FOUND',
    );
  });

  test('sessions: «List all active sessions for an application.»', async () => {
    const user = await app.user({ username: 'john', hwid: 'HWID-A', terms: { maxDevices: 2 } });
    const gone = await app.login(user.username, 'HWID-A');
    await app.call('logout', { sessionToken: gone });
    const token = await app.login(user.username, 'HWID-A');
    const answer = await app.seller.get(app.path('/sessions'));
    const sample = { success: true, data: [SESSION] };
    expectSample(answer, 200, sample, ['data[].country', 'data[].lastSeenAt', 'pagination']);
    expect(answer.body.data).toEqual([
      {
        id: expect.stringMatching(/^sess_[0-9a-f]{32}$/),
        token: `sess_…${token.slice(-4)}`,
        ip: '127.0.0.1',
        country: null,
        hwid: 'HWID-A',
        appUser: { username: 'john' },
        createdAt: expect.stringMatching(ISO),
        lastSeenAt: expect.stringMatching(ISO),
      },
    ]);
    expect(answer.text).not.toContain(token);
  });

  test('sessions: one by key alone has a user without a name', async () => {
    const license = await app.license();
    await app.call('license', { licenseKey: license.key });
    const answer = await app.seller.get(app.path('/sessions'));
    expect(answer.body.data[0]).toMatchObject({ hwid: null, appUser: { username: null } });
  });

  test('sessions: «Kill a specific session (force logout).»', async () => {
    const user = await app.user({ terms: { maxDevices: 2 } });
    const spared = await app.login(user.username);
    const killed = await app.login(user.username);
    const listed = await app.seller.get(app.path('/sessions'));
    const { id } = listed.body.data.find(({ token }: { token: string }) =>
      token.endsWith(killed.slice(-4)),
    );
    const answer = await app.seller.delete(app.path(`/sessions/${id}`));
    expectSample(answer, 200, { success: true, message: 'Session killed' });
    expect(answer.body.message).toBe('Session killed');
    const check = (sessionToken: string) => app.call('check', { sessionToken });
    expectError(await check(killed), 401, 'Invalid session', 'INVALID_SESSION');
    expect((await check(spared)).status).toBe(200);
    const again = await app.seller.delete(app.path(`/sessions/${id}`));
    expectError(again, 404, 'Session not found', 'SESSION_NOT_FOUND');
  });
});
