import { anApp, TestApp } from '../../../test/factories';
import { startTestServer, TestServer } from '../../../test/support/server';
import { ClientLogsRepository } from './client-logs.repository';
import { ClientLogs } from './client-logs.service';

describe('client logs', () => {
  let server: TestServer;
  let logs: ClientLogsRepository;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    logs = server.app.get(ClientLogsRepository, { strict: false });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await server.database.rows('DELETE FROM client_logs');
    app = await anApp(server.url);
  });

  /** Lines of an application, one a minute, the last `newestDaysAgo` days ago. */
  const write = (appId: string, count: number, newestDaysAgo = 0) =>
    server.database.rows(
      `INSERT INTO client_logs (id, app_id, type, message, created_at)
       SELECT gen_random_uuid(), $1, 'A', n::text,
              now() - make_interval(days => $3, mins => $2 - n)
         FROM generate_series(1, $2) n`,
      [appId, count, newestDaysAgo],
    );
  const kept = async (appId: string) =>
    (
      await server.database.rows<{ message: string }>(
        'SELECT message FROM client_logs WHERE app_id = $1 ORDER BY created_at, id',
        [appId],
      )
    ).map(({ message }) => message);

  test('a line is kept for thirty days; older ones go in batches, the oldest first', async () => {
    await write(app.id, 2, 29);
    await write(app.id, 5, 31);
    expect(await logs.deleteOlderThan(30, 3)).toBe(3);
    expect(await kept(app.id)).toEqual(['4', '5', '1', '2']);
    expect(await logs.deleteOlderThan(30, 3)).toBe(2);
    expect(await logs.deleteOlderThan(30, 3)).toBe(0);
    expect(await kept(app.id)).toEqual(['1', '2']);
  });

  test('each application keeps its newest lines, whatever others have', async () => {
    const few = await anApp(app.seller);
    const none = await anApp(app.seller);
    const exact = await anApp(app.seller);
    await write(app.id, 10);
    await write(few.id, 2);
    await write(exact.id, 4);
    expect(await logs.deleteBeyond(4, 1_000)).toBe(6);
    expect(await kept(app.id)).toEqual(['7', '8', '9', '10']);
    expect(await kept(few.id)).toHaveLength(2);
    expect(await kept(exact.id)).toHaveLength(4);
    expect(await kept(none.id)).toEqual([]);
    expect(await logs.deleteBeyond(4, 1_000)).toBe(0);
  });

  test('without any line there is nothing to delete', async () => {
    expect(await logs.deleteBeyond(4, 1_000)).toBe(0);
  });

  test('a line that comes while its application is deleted is gone with it', async () => {
    const appId = app.id;
    await app.seller.delete(app.path());
    const nobody = { sessionId: null, userId: null, licenseId: null, username: null, hwid: null };
    const line = { appId, ...nobody, ip: null, type: 'A', message: 'late' };
    await server.app.get(ClientLogs, { strict: false }).record(line);
    expect(await kept(appId)).toEqual([]);
  });
});
