import { anApp, aSeller, TestSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { APP_EXTRAS, expectError, expectSample, under } from './sample';

const APP = { id: 'app_abc123', name: 'My App', apiKey: 'as_...', version: '1.0.0' };

/** «All Admin API endpoints require: Authorization: Bearer <access_token>» */
describe('applications of document 000', () => {
  let server: TestServer;
  let seller: TestSeller;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    seller = await aSeller(server.url);
  });

  test('create: «Create a new application. Returns the app with a generated API key.»', async () => {
    const answer = await seller.post('/v1/admin/apps', { name: 'My New App' });
    const sample = { success: true, data: { ...APP, status: 'ACTIVE' } };
    expectSample(answer, 201, sample, under('data', [...APP_EXTRAS, 'secret']));
    expect(answer.body.data).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      name: 'My New App',
      apiKey: expect.stringMatching(/^as_[0-9a-f]{32}$/),
      version: '1.0.0',
      status: 'ACTIVE',
    });
  });

  test('list: «List all your applications with user and license counts.»', async () => {
    const app = await anApp(seller);
    await app.user();
    await app.licenses({ count: 3 });
    const empty = await anApp(seller);
    const answer = await seller.get('/v1/admin/apps');
    const counted = { ...APP, status: 'ACTIVE', _count: { appUsers: 150, licenses: 200 } };
    const extra = [...under('data[]', APP_EXTRAS), 'pagination'];
    expectSample(answer, 200, { success: true, data: [counted] }, extra);
    const counts = new Map<string, unknown>(
      answer.body.data.map((one: { id: string; _count: unknown }) => [one.id, one._count]),
    );
    expect(counts).toEqual(
      new Map([
        [app.id, { appUsers: 1, licenses: 4 }],
        [empty.id, { appUsers: 0, licenses: 0 }],
      ]),
    );
  });

  test.each(['PUT', 'PATCH'] as const)(
    'update by %s: «Update application settings.»',
    async (method) => {
      const app = await anApp(seller);
      const body = { name: 'Updated Name', version: '2.0.0', status: 'ACTIVE' };
      const update = method === 'PUT' ? seller.put : seller.patch;
      const answer = await update.call(seller, app.path(), body);
      const sample = {
        success: true,
        data: { id: 'app_abc123', name: 'Updated Name', version: '2.0.0' },
      };
      expectSample(answer, 200, sample, under('data', ['apiKey', 'status', ...APP_EXTRAS]));
      expect(answer.body.data).toMatchObject({ ...body, id: app.id });
      expect((await app.call('init')).body.data).toMatchObject({
        name: 'Updated Name',
        version: '2.0.0',
      });
    },
  );

  test.each([{ name: 'N' }, { version: '3' }, { status: 'PAUSED' }])(
    'update changes only what is sent: %j',
    async (change) => {
      const app = await anApp(seller);
      const before = (await seller.get(app.path())).body.data;
      const answer = await seller.put(app.path(), change);
      expect(answer.body.data).toEqual({ ...before, ...change });
    },
  );

  test('delete: «Delete an application and all its data.»', async () => {
    const app = await anApp(seller);
    const user = await app.user({ hwid: 'HWID-1' });
    await app.login(user.username, 'HWID-1');
    await seller.post(app.path('/blacklist'), { type: 'HWID', value: 'X' });
    const answer = await seller.delete(app.path());
    expectSample(answer, 200, { success: true, message: 'Application deleted' });
    expect(answer.body.message).toBe('Application deleted');
    for (const table of ['apps', 'licenses', 'app_users', 'sessions', 'blacklist_entries']) {
      const column = table === 'apps' ? 'id' : 'app_id';
      const sql = `SELECT count(*)::int FROM ${table} WHERE ${column} = $1`;
      expect([table, await server.database.value(sql, [app.id])]).toEqual([table, 0]);
    }
    expectError(await seller.get(app.path()), 404, 'Application not found', 'APP_NOT_FOUND');
    expect((await app.call('init')).body.message).toBe('Invalid appId or apiKey');
  });

  test('regenerate-key: «Regenerate the API key for an application. Old key becomes invalid immediately.»', async () => {
    const app = await anApp(seller);
    expect((await app.call('init')).status).toBe(200);
    const answer = await seller.post(app.path('/regenerate-key'));
    expectSample(answer, 200, { success: true, data: { apiKey: 'as_new_key_here...' } });
    const { apiKey } = answer.body.data;
    expect(apiKey).toMatch(/^as_[0-9a-f]{32}$/);
    expectError(await app.call('init'), 401, 'Invalid appId or apiKey', 'INVALID_KEY');
    expect((await app.call('init', { apiKey })).status).toBe(200);
  });

  test("«404 Not found - resource doesn't exist or doesn't belong to you»: both answer the same bytes", async () => {
    const foreign = await anApp(await aSeller(server.url));
    const options = { headers: { 'x-request-id': 'same' } };
    const theirs = await seller.get(foreign.path(), options);
    const nobodys = await seller.get(
      '/v1/admin/apps/94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
      options,
    );
    expectError(theirs, 404, 'Application not found', 'APP_NOT_FOUND');
    expect(theirs.text).toBe(nobodys.text);
  });
});
