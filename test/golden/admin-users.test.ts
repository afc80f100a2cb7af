import { anApp, PASSWORD, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { extension } from '../../src/modules/licenses/domain/license';
import { expectError, expectSample, ISO, under } from './sample';

const EXTRAS = ['banReason', 'note', 'licenseId', 'createdAt'];
const USER = {
  id: 'usr_123',
  username: 'john',
  hwid: 'HWID-...',
  ip: '192.168.1.1',
  level: 1,
  status: 'ACTIVE',
  lastLogin: '2025-06-15T12:00:00Z',
  expiresAt: '2025-12-31T23:59:59Z',
};

describe('users of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  const act = (userId: string, verb: string, body?: object) =>
    app.seller.post(app.path(`/users/${userId}/${verb}`), body);
  const signIn = (username: string, hwid?: string) =>
    app.call('login', { username, password: PASSWORD, hwid });

  test('list: «List application users with search and filters.»', async () => {
    const user = await app.user({ username: 'john', hwid: 'HWID-A1B2C3D4' });
    await app.login('john', 'HWID-A1B2C3D4');
    await app.user({ username: 'mary' });
    const banned = await app.user({ username: 'johnny' });
    await act(banned.id, 'ban', { reason: 'Terms violation' });
    const query = '?search=john&status=ACTIVE&page=1&limit=20';
    const answer = await app.seller.get(app.path(`/users${query}`));
    const pagination = { page: 1, limit: 20, total: 50 };
    const sample = { success: true, data: [USER], pagination };
    expectSample(answer, 200, sample, [...under('data[]', EXTRAS), 'pagination.nextCursor']);
    expect(answer.body.data).toEqual([
      {
        id: user.id,
        username: 'john',
        hwid: 'HWID-A1B2C3D4',
        ip: '127.0.0.1',
        level: 1,
        status: 'ACTIVE',
        lastLogin: expect.stringMatching(ISO),
        expiresAt: expect.stringMatching(ISO),
        banReason: null,
        note: null,
        licenseId: user.license.id,
        createdAt: expect.stringMatching(ISO),
      },
    ]);
    expect(answer.body.pagination).toMatchObject({ page: 1, limit: 20, total: 1 });
  });

  test('list: search is a part of the name in any letter case, and pages add up', async () => {
    for (let i = 0; i < 3; i++) await app.user({ username: `Member${i}` });
    await app.user({ username: 'other' });
    const first = await app.seller.get(app.path('/users?search=EMBER&limit=2'));
    expect(first.body.pagination).toMatchObject({ page: 1, limit: 2, total: 3 });
    const second = await app.seller.get(app.path('/users?search=EMBER&limit=2&page=2'));
    const names = [...first.body.data, ...second.body.data].map(
      ({ username }: { username: string }) => username,
    );
    expect(names.sort()).toEqual(['Member0', 'Member1', 'Member2']);
  });

  test('ban: «Ban a user and terminate all their active sessions.»', async () => {
    const user = await app.user({ terms: { maxDevices: 2 } });
    const tokens = [await app.login(user.username), await app.login(user.username)];
    const answer = await act(user.id, 'ban', { reason: 'Terms violation' });
    expectSample(answer, 200, { success: true, message: 'User banned' });
    expect(answer.body.message).toBe('User banned');
    for (const sessionToken of tokens) {
      expect((await app.call('check', { sessionToken })).body.message).toBe('Invalid session');
    }
    expect((await signIn(user.username)).body.message).toBe('Account banned');
    const shown = await app.seller.get(app.path(`/users/${user.id}`));
    expect(shown.body.data).toMatchObject({ status: 'BANNED', banReason: 'Terms violation' });
  });

  test('unban: «Unban a previously banned user.»', async () => {
    const user = await app.user();
    await act(user.id, 'ban', { reason: 'Terms violation' });
    const answer = await act(user.id, 'unban');
    expectSample(answer, 200, { success: true, message: 'User unbanned' });
    expect(answer.body.message).toBe('User unbanned');
    expect((await signIn(user.username)).status).toBe(200);
    const shown = await app.seller.get(app.path(`/users/${user.id}`));
    expect(shown.body.data).toMatchObject({ status: 'ACTIVE', banReason: null });
  });

  test('a change of the status ends the reason of a ban, as an unban does', async () => {
    const user = await app.user();
    await act(user.id, 'ban', { reason: 'Terms violation' });
    const reasonAfter = async (status: string) => {
      await app.seller.patch(`/v1/admin/users/${user.id}`, { status });
      const { data } = (await app.seller.get(app.path(`/users/${user.id}`))).body;
      return [data.status, data.banReason];
    };
    expect(await reasonAfter('BANNED')).toEqual(['BANNED', 'Terms violation']);
    expect(await reasonAfter('ACTIVE')).toEqual(['ACTIVE', null]);
    expect(await reasonAfter('BANNED')).toEqual(['BANNED', null]);
  });

  test("reset-hwid: «Reset a user's hardware ID lock so they can login from a new device.»", async () => {
    const user = await app.user({ hwid: 'HWID-OLD' });
    expect((await signIn(user.username, 'HWID-NEW')).body.message).toBe('Hardware ID mismatch');
    const answer = await act(user.id, 'reset-hwid');
    expectSample(answer, 200, { success: true, message: 'HWID reset' });
    expect(answer.body.message).toBe('HWID reset');
    const cleared = await app.seller.get(app.path(`/users/${user.id}`));
    expect(cleared.body.data.hwid).toBeNull();
    expect((await signIn(user.username, 'HWID-NEW')).status).toBe(200);
    const rebound = await app.seller.get(app.path(`/users/${user.id}`));
    expect(rebound.body.data.hwid).toBe('HWID-NEW');
  });

  test("extend: «Extend a user's subscription by a number of days.»", async () => {
    const user = await app.user();
    const path = app.path(`/users/${user.id}`);
    await app.seller.patch(path, { expiresAt: '2125-12-31T23:59:59Z' });
    const answer = await act(user.id, 'extend', { days: 30 });
    expectSample(answer, 200, {
      success: true,
      message: 'Subscription extended by 30 days',
      data: { expiresAt: '2026-01-30T23:59:59Z' },
    });
    expect(answer.body).toEqual({
      success: true,
      message: 'Subscription extended by 30 days',
      data: { expiresAt: '2126-01-30T23:59:59.000Z' },
    });
    expect((await app.seller.get(path)).body.data.expiresAt).toBe('2126-01-30T23:59:59.000Z');
    expect((await signIn(user.username)).body.data.expiresAt).toBe('2126-01-30T23:59:59.000Z');
  });

  test('extend: the sample itself, 2025-12-31T23:59:59Z + 30 days → 2026-01-30T23:59:59Z', () => {
    const life = {
      hold: null,
      durationSeconds: null,
      activatedAt: new Date('2025-06-15T12:00:00Z'),
      expiresAt: new Date('2025-12-31T23:59:59Z'),
    };
    expect(extension(life, 30, new Date('2025-06-15T12:00:00Z'))).toMatchObject({
      granted: true,
      value: { expiresAt: new Date('2026-01-30T23:59:59Z') },
    });
  });

  test('delete: «Permanently delete a user.»', async () => {
    const user = await app.user();
    const sessionToken = await app.login(user.username);
    const path = app.path(`/users/${user.id}`);
    const answer = await app.seller.delete(path);
    expectSample(answer, 200, { success: true, message: 'User deleted' });
    expect(answer.body.message).toBe('User deleted');
    expectError(await app.seller.get(path), 404, 'User not found', 'USER_NOT_FOUND');
    expect((await signIn(user.username)).body.message).toBe('Invalid credentials');
    expect((await app.call('check', { sessionToken })).body.message).toBe('Invalid session');
  });
});
