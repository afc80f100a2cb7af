import { anApp, aSeller, TestApp, TestSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

const ORDER = { count: 1, durationType: '30d' };
const NOT_FOUND = ['Application not found', 'APP_NOT_FOUND'] as const;

describe('routes below an application', () => {
  let server: TestServer;
  let seller: TestSeller;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    seller = await aSeller(server.url);
    app = await anApp(seller);
  });
  afterAll(() => server.close());

  test.each([
    ['a good body', ORDER],
    ['a bad body', { count: 'many' }],
  ])('of somebody else answer like those of none, whatever is sent: %s', async (_name, body) => {
    const stranger = await aSeller(server.url);
    const foreign = await stranger.post(app.path('/licenses'), body);
    const missing = await seller.post(
      '/v1/admin/apps/94c39ce0-b3d3-481a-b2ac-4eae5fba888d/licenses',
      body,
    );
    const noId = await seller.post('/v1/admin/apps/my-app/licenses', body);
    for (const answer of [foreign, missing, noId]) {
      expectError(answer, 404, ...NOT_FOUND);
    }
  });

  test('a request under its Idempotency-Key is answered again when the application is gone', async () => {
    const gone = await anApp(seller);
    const again = (body: object) =>
      seller.post(gone.path('/licenses'), body, { headers: { 'idempotency-key': 'order-1' } });
    const first = await again(ORDER);
    expect(first.status).toBe(201);
    expect((await seller.delete(gone.path())).status).toBe(200);
    const repeated = await again(ORDER);
    expect([repeated.status, repeated.body]).toEqual([201, first.body]);
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    expectError(await seller.post(gone.path('/licenses'), ORDER), 404, ...NOT_FOUND);
  });
});
