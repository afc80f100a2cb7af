import { RouteTable } from '../../src/platform/http';
import { anApp, aSeller } from '../factories';
import { anApiToken } from '../factories/account';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { Act, REST_ROUTES, ROUTES, TKI_ROUTES, TYPES } from './mutations';
import { uuidOf } from './sample';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const records = () =>
  server.database.rows<{ id: string; action: string; outcome: string }>(
    'SELECT id, action, outcome FROM audit_records',
  );

/** The records that the call added. */
async function added(act: Act): Promise<{ action: string; outcome: string }[]> {
  const before = new Set((await records()).map(({ id }) => id));
  const answer = await act();
  if (answer.status >= 300) throw new Error(answer.text);
  const after = await records();
  return after
    .filter(({ id }) => !before.has(id))
    .map(({ action, outcome }) => ({ action, outcome }));
}

const moreLists = (userId: string) => [
  '/variables',
  `/users/${userId}/variables`,
  '/logs',
  '/referral-codes',
  '/files',
];

describe('the record: one line for every mutating use case', () => {
  test.each(Object.entries({ ...ROUTES, ...REST_ROUTES, ...TKI_ROUTES, ...TYPES }))(
    '%s',
    async (_, { action, prepare }) => {
      const act = await prepare(await anApp(await aSeller(server.url)));
      expect(await added(act)).toEqual(action ? [{ action, outcome: 'granted' }] : []);
    },
  );

  test('no mutating route is missing above', () => {
    const mutating = server.app
      .get(RouteTable, { strict: false })
      .all()
      .filter((route) => /^(POST|PUT|PATCH|DELETE) /.test(route));
    expect(mutating).toEqual(
      [ROUTES, REST_ROUTES, TKI_ROUTES].flatMap(Object.keys).concat('POST /v1').sort(),
    );
  });

  test('what an API token did stands there as its doing, for its seller', async () => {
    const app = await anApp(server.url);
    const { id, token } = await anApiToken(app.seller, ['licenses:write']);
    await http(server.url).post(app.path('/licenses'), { durationType: '1d' }, { token });
    expect(
      await server.database.rows(
        `SELECT actor_kind, actor_id, seller_id FROM audit_records
          WHERE app_id = $1 AND action = 'license.generate'`,
        [app.id],
      ),
    ).toEqual([
      { actor_kind: 'api-token', actor_id: uuidOf(id), seller_id: uuidOf(app.seller.id) },
    ]);
  });

  test('what only reads leaves no line: init, check, var and every list; a log line is its own record', async () => {
    const app = await anApp(server.url);
    const { id, username } = await app.user();
    const sessionToken = await app.login(username);
    await app.seller.post(app.path('/variables'), { key: 'v', value: '' });
    await app.call('setvar', { sessionToken, key: 'v', value: '' });
    const file = await app.file('x');
    const reads: Act[] = [
      () => app.call('init'),
      ...['check', 'var', 'getvar', 'fetch_online', 'fetch_stats', 'log'].map(
        (type) => () => app.call(type, { sessionToken, key: 'v', message: 'm' }),
      ),
      ...['list_files', 'file'].map(
        (type) => () => app.call(type, { sessionToken, fileId: file.id }),
      ),
      () => app.seller.get(app.path(`/files/${file.id}`)),
      () => app.seller.get('/v1/admin/apps'),
      ...['', '/licenses', '/users', '/blacklist', '/sessions', ...moreLists(id)].map(
        (rest) => () => app.seller.get(app.path(rest)),
      ),
    ];
    const reseller = await app.reseller();
    for (const path of ['/licenses', '/balance', '/stats', '/ledger', '/ledger/export']) {
      reads.push(() => reseller.get(path));
    }
    for (const rest of ['', '/ledger', '/ledger/export']) {
      reads.push(() => app.seller.get(reseller.path(rest)));
    }
    for (const read of reads) expect(await added(read)).toEqual([]);
  });

  test('a record names the tenant, the application, the actor, the target, the address and the request', async () => {
    const app = await anApp(server.url);
    const { id } = await app.license();
    const headers = { 'x-request-id': 'request-of-this-test' };
    await app.seller.post(app.path(`/licenses/${id}/ban`), undefined, { headers });
    const [record] = await server.database.rows(
      "SELECT * FROM audit_records WHERE request_id = 'request-of-this-test'",
    );
    expect(record).toMatchObject({
      seller_id: uuidOf(app.seller.id),
      app_id: app.id,
      actor_kind: 'seller',
      actor_id: uuidOf(app.seller.id),
      action: 'license.ban',
      target_kind: 'license',
      target_id: uuidOf(id),
      outcome: 'granted',
      ip: '127.0.0.1',
    });
  });

  test.each([
    "UPDATE audit_records SET action = 'nothing'",
    'UPDATE audit_records SET outcome = outcome WHERE false',
    'DELETE FROM audit_records',
    'DELETE FROM audit_records WHERE false',
    'TRUNCATE audit_records',
    'TRUNCATE apps, audit_records CASCADE',
  ])('the table refuses: %s', async (statement) => {
    await aSeller(server.url);
    const before = await records();
    expect(before.length).toBeGreaterThan(0);
    await expect(server.database.pool.query(statement)).rejects.toThrow(
      'on audit_records is refused: the table is append-only',
    );
    expect(await records()).toEqual(before);
  });
});
