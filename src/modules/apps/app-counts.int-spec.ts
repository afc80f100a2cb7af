import { startTestServer, TestServer } from '../../../test/support/server';
import { anApp } from '../../../test/factories';
import { AppCountsRepository } from './app-counts.repository';

describe('counts of an application', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  });
  afterAll(() => server.close());

  test('writers that go on while they are added up lose nothing', async () => {
    const app = await anApp(server.url);
    const counts = server.app.get(AppCountsRepository, { strict: false });
    const writers = Array.from({ length: 10 }, async () => {
      for (let i = 0; i < 5; i++) await app.license();
    });
    const adding = (async () => {
      for (let i = 0; i < 20; i++) await counts.addUp();
    })();
    await Promise.all([...writers, adding]);
    await counts.addUp();
    expect(await counts.sums([app.id])).toEqual([{ appId: app.id, thing: 'licenses', total: 50 }]);
    const rows = await server.database.value<number>(
      'SELECT count(*)::int FROM app_counts WHERE app_id = $1',
      [app.id],
    );
    expect(rows).toBe(1);
  });
});
