import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample } from './sample';

/** «`ip` and/or `hwid`, at least one; no session needed» [doc]; data `blacklisted`, `reason`. */
describe('check_blacklist of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
    const entries = [
      { type: 'IP', value: '203.0.113.0/24', reason: 'Botnet' },
      { type: 'IP', value: '203.0.113.7', reason: 'Fraud' },
      { type: 'IP', value: '2001:db8::/32' },
      { type: 'HWID', value: 'HWID-BAD', reason: 'Sharing' },
      { type: 'USERNAME', value: 'HWID-NAME' },
    ];
    for (const entry of entries) await app.seller.post(app.path('/blacklist'), entry);
  });

  test.each<[fields: object, blacklisted: boolean, reason: string | null]>([
    [{ ip: '203.0.113.8' }, true, 'Botnet'],
    [{ ip: '203.0.113.7' }, true, 'Fraud'],
    [{ ip: '::ffff:203.0.113.7' }, true, 'Fraud'],
    [{ ip: '2001:DB8:1::' }, true, null],
    [{ ip: '198.51.100.1' }, false, null],
    [{ hwid: 'HWID-BAD' }, true, 'Sharing'],
    [{ hwid: 'HWID-NAME' }, false, null],
    [{ ip: '198.51.100.1', hwid: 'HWID-BAD' }, true, 'Sharing'],
    [{ ip: '203.0.113.7', hwid: 'HWID-BAD' }, true, 'Fraud'],
    [{ ip: null, hwid: 'HWID-BAD' }, true, 'Sharing'],
    [{ ip: '203.0.113.7', hwid: '' }, true, 'Fraud'],
  ])('%j', async (fields, blacklisted, reason) => {
    const answer = await app.call('check_blacklist', fields);
    const sample = { success: true, data: { blacklisted: true, reason } };
    expectSample(answer, 200, sample);
    expect(answer.body).toEqual({ success: true, data: { blacklisted, reason } });
  });

  test.each([
    [{}, 'must be sent, or hwid'],
    [{ ip: '', hwid: null }, 'must be sent, or hwid'],
    [{ ip: '203.0.113.0/24' }, 'must be an IPv4 or IPv6 address'],
    [{ ip: 'localhost', hwid: 'X' }, 'must be an IPv4 or IPv6 address'],
  ])('%j is refused by field', async (fields, message) => {
    const answer = await app.call('check_blacklist', fields);
    expectError(answer, 400, `ip: ${message}`, 'INVALID_INPUT');
    expect(answer.body.errors).toEqual([{ field: 'ip', message }]);
  });

  test('asks for the credentials of the application, and is not answered while it is paused', async () => {
    const fields = { hwid: 'HWID-BAD' };
    const wrong = await app.call('check_blacklist', { ...fields, apiKey: 'as_wrong' });
    expectError(wrong, 401, 'Invalid appId or apiKey', 'INVALID_KEY');
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    const paused = await app.call('check_blacklist', fields);
    expectError(paused, 403, 'Application is paused', 'APP_PAUSED');
  });

  test('a blacklisted program may ask, and no entry counts it', async () => {
    await app.seller.post(app.path('/blacklist'), { type: 'IP', value: '127.0.0.1' });
    const answer = await app.call('check_blacklist', { ip: '127.0.0.1' });
    expect([answer.status, answer.body.data.blacklisted]).toEqual([200, true]);
    const entries = await server.database.rows(
      'SELECT DISTINCT attempts, last_attempt_at FROM blacklist_entries WHERE app_id = $1',
      [app.id],
    );
    expect(entries).toEqual([{ attempts: 0, last_attempt_at: null }]);
  });
});
