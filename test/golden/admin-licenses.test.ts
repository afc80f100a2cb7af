import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample, ISO, LICENSE_EXTRAS, under } from './sample';

const LICENSE = {
  id: 'lic_1',
  key: 'VIP-XXXX-XXXX-XXXX',
  status: 'UNUSED',
  durationType: '30d',
};

describe('licenses of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  test('generate: «Generate license keys in bulk (up to 100 at a time).»', async () => {
    const answer = await app.seller.post(app.path('/licenses'), {
      count: 10,
      durationType: '30d',
      level: 1,
      maxDevices: 1,
      prefix: 'VIP',
      note: 'Giveaway batch',
    });
    const sample = { success: true, data: [LICENSE] };
    expectSample(answer, 201, sample, under('data[]', LICENSE_EXTRAS));
    expect(answer.body.data).toHaveLength(10);
    const keys = new Set<string>(answer.body.data.map(({ key }: { key: string }) => key));
    expect(keys.size).toBe(10);
    for (const license of answer.body.data) {
      expect(license).toEqual({
        id: expect.stringMatching(/^lic_[0-9a-f]{32}$/),
        key: expect.stringMatching(/^VIP(-[A-Z2-9]{4}){3}$/),
        appId: app.id,
        status: 'UNUSED',
        durationType: '30d',
        level: 1,
        maxDevices: 1,
        prefix: 'VIP',
        note: 'Giveaway batch',
        subscription: null,
        createdAt: expect.stringMatching(ISO),
        activatedAt: null,
        expiresAt: null,
        resellerId: null,
        staff: false,
        maxAddresses: 0,
        discordId: null,
        discordUsername: null,
        discordDiscriminator: null,
      });
    }
  });

  test("generate: the public documentation's key order is kept among all keys", async () => {
    const order = Object.keys(await app.license()).slice(0, 10);
    expect(order).toEqual([
      ...['id', 'key', 'appId', 'status', 'durationType'],
      ...['level', 'maxDevices', 'prefix', 'note', 'subscription'],
    ]);
  });

  test('generate: one key when no count is given; 100 at most, 101 refused', async () => {
    const generate = (terms: object) =>
      app.seller.post(app.path('/licenses'), { durationType: '1h', ...terms });
    expect((await generate({})).body.data).toHaveLength(1);
    expect((await generate({ count: 100 })).body.data).toHaveLength(100);
    const tooMany = await generate({ count: 101 });
    expect(tooMany.status).toBe(400);
    expect(tooMany.body.message).toBe('count: must be a whole number from 1 to 100');
    expect((await app.seller.get(app.path('/licenses'))).body.pagination.total).toBe(101);
  });

  test.each(['1h', '1d', '7d', '30d', '90d', '365d', 'lifetime'])(
    'generate: durationType %s is sold under that name',
    async (durationType) => {
      expect(await app.license({ durationType })).toMatchObject({ durationType });
    },
  );

  test('generate: only the documented durations exist', async () => {
    const body = { durationType: '2d' };
    const answer = await app.seller.post(app.path('/licenses'), body);
    expectError(
      answer,
      400,
      'durationType: must be one of 1h, 1d, 7d, 30d, 90d, 365d, lifetime',
      'INVALID_INPUT',
    );
  });

  test('list: «List licenses with pagination and status filter.»', async () => {
    await app.licenses({ count: 25 });
    const used = await app.license();
    await app.call('license', { licenseKey: used.key });
    const answer = await app.seller.get(app.path('/licenses?status=UNUSED&page=1&limit=20'));
    const sample = {
      success: true,
      data: [LICENSE],
      pagination: { page: 1, limit: 20, total: 150 },
    };
    expectSample(answer, 200, sample, [
      ...under('data[]', LICENSE_EXTRAS),
      'pagination.nextCursor',
    ]);
    expect(answer.body.pagination).toMatchObject({ page: 1, limit: 20, total: 25 });
    expect(answer.body.data).toHaveLength(20);
    const second = await app.seller.get(app.path('/licenses?status=UNUSED&page=2&limit=20'));
    expect(second.body.pagination).toMatchObject({ page: 2, limit: 20, total: 25 });
    const ids = [...answer.body.data, ...second.body.data].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(25);
    expect(ids).not.toContain(used.id);
  });

  test('list: every documented status filters', async () => {
    const [unused, used, expired, banned] = await app.licenses({ count: 4 });
    for (const { key } of [used!, expired!]) await app.call('license', { licenseKey: key });
    await server.database.rows('UPDATE licenses SET expires_at = now() WHERE key = $1', [
      expired!.key,
    ]);
    await app.seller.post(app.path(`/licenses/${banned!.id}/ban`));
    const expected = { UNUSED: unused, USED: used, EXPIRED: expired, BANNED: banned };
    for (const [status, license] of Object.entries(expected)) {
      const answer = await app.seller.get(app.path(`/licenses?status=${status}`));
      expect(answer.body.data).toEqual([expect.objectContaining({ id: license!.id, status })]);
      expect(answer.body.pagination).toMatchObject({ page: 1, limit: 20, total: 1 });
    }
  });

  test('ban: «Ban a license key. Prevents any further use.»', async () => {
    const license = await app.license();
    const answer = await app.seller.post(app.path(`/licenses/${license.id}/ban`));
    expectSample(answer, 200, { success: true, message: 'License banned' }, ['data']);
    expect(answer.body).toMatchObject({ success: true, message: 'License banned' });
    const use = await app.call('license', { licenseKey: license.key });
    expect(use.body.message).toBe('License is banned');
  });

  test('delete: «Permanently delete a license key.»', async () => {
    const license = await app.license();
    const path = app.path(`/licenses/${license.id}`);
    const answer = await app.seller.delete(path);
    expectSample(answer, 200, { success: true, message: 'License deleted' });
    expect(answer.body.message).toBe('License deleted');
    expectError(await app.seller.get(path), 404, 'License not found', 'LICENSE_NOT_FOUND');
    const use = await app.call('license', { licenseKey: license.key });
    expect(use.body.message).toBe('Invalid license key');
  });
});
