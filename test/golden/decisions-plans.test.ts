import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setPlanLimit, setSellerPlan } from '../../src/cli/plans';
import { PlanLimits } from '../../src/modules/plans';
import { SellerProfiles } from '../../src/modules/sellers';
import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import { http } from '../support/http';
import { PROJECT_ROOT, startTestServer, TestServer } from '../support/server';
import { testSettings } from '../support/settings';
import { expectError, uuidOf } from './sample';

const run = promisify(execFile);
const CLI = join(PROJECT_ROOT, 'dist/src/cli/main.js');

describe('D-A20: plan limits', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({}, { documentedPlans: true });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });
  afterEach(() => limit('FREE', { apps: 10, keys: 10_000, users: 10_000 }));

  const limit = (plan: string, { apps, keys, users }: Record<string, number | null>) =>
    server.database.rows(
      'UPDATE plan_limits SET apps = $2, keys = $3, users = $4 WHERE plan = $1',
      [plan, apps, keys, users],
    );
  const usage = async () => (await app.seller.get('/v1/auth/profile')).body.data.usage;
  const register = async (key: string) =>
    app.call('register', { username: unique('u'), password: PASSWORD, licenseKey: key });
  const create = () =>
    app.seller.post(app.path('/users'), { username: unique('u'), password: PASSWORD });

  test('D-A20: FREE allows 10 apps, 10,000 keys and users; ENTERPRISE has no limit', async () => {
    const rows = await server.database.rows('SELECT plan, apps, keys, users FROM plan_limits');
    expect(rows).toEqual(
      expect.arrayContaining([
        { plan: 'FREE', apps: 10, keys: 10_000, users: 10_000 },
        { plan: 'ENTERPRISE', apps: null, keys: null, users: null },
      ]),
    );
  });

  test('D-A20: the eleventh application is refused with the code and the limit', async () => {
    for (let made = 1; made < 10; made++) await anApp(app.seller);
    const answer = await app.seller.post('/v1/admin/apps', { name: 'One too many' });
    const message = 'The FREE plan allows 10 applications; you have 10 and asked for one more';
    expectError(answer, 403, message, 'PLAN_LIMIT_REACHED');
    await app.seller.delete(app.path());
    expect((await app.seller.post('/v1/admin/apps', { name: 'In its place' })).status).toBe(201);
  });

  test('D-A20: keys are counted over all applications, those behind users included', async () => {
    await limit('FREE', { apps: 10, keys: 5, users: 100 });
    const other = await anApp(app.seller);
    await app.licenses({ count: 2 });
    await other.licenses({ count: 1 });
    expect((await create()).status).toBe(201);
    const refused = await app.seller.post(app.path('/licenses'), { durationType: '1d', count: 2 });
    const message = 'The FREE plan allows 5 license keys; you have 4 and asked for 2 more';
    expectError(refused, 403, message, 'PLAN_LIMIT_REACHED');
    expect((await app.licenses({ count: 1 })).length).toBe(1);
    expect((await create()).body.code).toBe('PLAN_LIMIT_REACHED');
    expect(await usage()).toMatchObject({ apps: 2, keys: 5, users: 1 });
  });

  test('D-A20: a registration beyond the limit is refused and leaves the key unused', async () => {
    await limit('FREE', { apps: 10, keys: 100, users: 1 });
    const [one, two] = await app.licenses({ count: 2 });
    expect((await register(one!.key)).status).toBe(200);
    const answer = await register(two!.key);
    // A client program is not told its seller's figures.
    expectError(answer, 403, 'The plan of the seller allows no more', 'PLAN_LIMIT_REACHED');
    const found = await app.seller.get(app.path(`/licenses/${two!.id}`));
    expect(found.body.data.status).toBe('UNUSED');
    expect((await create()).body.code).toBe('PLAN_LIMIT_REACHED');
    expect(await usage()).toMatchObject({ apps: 1, keys: 2, users: 1 });
  });

  test('D-A20: a reseller is refused without the seller’s figures, and pays nothing', async () => {
    await limit('FREE', { apps: 10, keys: 1, users: 1 });
    const reseller = await app.reseller();
    const answer = await reseller.generate({ count: 2 });
    expectError(answer, 403, 'The plan of the seller allows no more', 'PLAN_LIMIT_REACHED');
    expect(await reseller.balance()).toBe(50);
  });

  test('D-A20: what there is stays when a limit sinks below it', async () => {
    await app.licenses({ count: 3 });
    await limit('FREE', { apps: 10, keys: 1, users: 1 });
    expect((await app.seller.get(app.path('/licenses'))).body.data).toHaveLength(3);
    const answer = await app.seller.post(app.path('/licenses'), { durationType: '1d' });
    expect(answer.body.code).toBe('PLAN_LIMIT_REACHED');
  });

  test('D-A20: the operator puts a seller on another plan and changes limits, on record', async () => {
    const cli = (...words: string[]) =>
      run(process.execPath, [CLI, ...words], {
        cwd: PROJECT_ROOT,
        env: { ...testSettings, PATH: process.env['PATH'], DATABASE_URL: server.database.url },
      });
    expect((await cli('plan', 'list')).stdout).toMatch(
      /^FREE: apps 10, keys 10000, users 10000, /m,
    );
    await cli('plan', 'set', 'PRO', 'users', '7');
    await cli('seller', 'plan', app.seller.email.toUpperCase(), 'PRO');
    const profile = (await app.seller.get('/v1/auth/profile')).body.data;
    expect(profile).toMatchObject({
      plan: 'PRO',
      limits: { apps: 200, keys: 1_000_000, users: 7 },
    });
    expect(
      await server.database.rows(
        `SELECT actor_kind, details FROM audit_records
          WHERE seller_id = $1::uuid AND action = 'seller.set-plan'`,
        [uuidOf(app.seller.id)],
      ),
    ).toEqual([{ actor_kind: 'operator', details: { plan: 'PRO' } }]);
  }, 180_000);

  test('D-A20: the operator is told of a plan, an account or a number that cannot be', async () => {
    const plans = server.app.get(PlanLimits, { strict: false });
    const profiles = server.app.get(SellerProfiles, { strict: false });
    const origin = { requestId: 'test', ip: null, userAgent: null };
    const failures = {
      'No such plan': [
        () => plans.set('GOLD', 'apps', 1),
        () => profiles.assignPlan(app.seller.email, 'GOLD', origin),
      ],
      'Seller not found': [() => profiles.assignPlan('nobody@example.com', 'PRO', origin)],
      'usage: plan set': ['-1', '1.5', '2147483648', 'many', ''].map(
        (number) => () => setPlanLimit.run(['PRO', 'apps', number]),
      ),
      'usage: seller plan': [() => setSellerPlan.run([app.seller.email])],
    };
    for (const [message, calls] of Object.entries(failures)) {
      for (const call of calls) await expect(call()).rejects.toThrow(message);
    }
    await plans.set('PRO', 'keys', null);
    await plans.set('PRO', 'storageBytes', 2 ** 40);
    expect((await plans.list()).find(({ plan }) => plan === 'PRO')).toMatchObject({
      keys: null,
      storageBytes: String(2 ** 40),
    });
  });

  test('D-A20: the profile tells what there is, to the last change', async () => {
    const { key } = await app.license();
    await register(key);
    expect(await usage()).toMatchObject({ apps: 1, keys: 1, users: 1 });
    const users = await app.seller.get(app.path('/users'));
    await app.seller.delete(app.path(`/users/${users.body.data[0].id}`));
    expect(await usage()).toMatchObject({ apps: 1, keys: 1, users: 0 });
    expect((await http(server.url).get('/v1/auth/profile')).status).toBe(401);
    expect((await (await aSeller(server.url)).get('/v1/auth/profile')).body.data.usage.apps).toBe(
      0,
    );
  });
});
