import { anApp, PASSWORD, TestApp, TestReseller, unique } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample, ISO, under, uuidOf } from './sample';

const KEY_EXTRAS = ['id', 'level', 'maxDevices', 'prefix', 'note', 'price', 'createdAt'];

describe('the reseller API of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  const login = (fields: object) => http(server.url).post('/v1/reseller/login', fields);

  /** Whether balance, ledger and its running balance tell the same story. */
  async function expectSoundLedger(reseller: TestReseller): Promise<void> {
    const [row] = await server.database.rows<Record<string, unknown>>(
      `SELECT r.balance = coalesce(sum(l.amount), 0) AS sum, r.ledger_length = count(l.id) AS length,
              coalesce(bool_and(l.running = l.balance_after), true) AS running,
              coalesce(bool_and(l.position = l.nth), true) AS gapless
         FROM resellers r LEFT JOIN (
              SELECT *, sum(amount) OVER w AS running, row_number() OVER w AS nth
                FROM reseller_ledger WINDOW w AS (PARTITION BY reseller_id ORDER BY position)) l
              ON l.reseller_id = r.id
        WHERE r.id = $1 GROUP BY r.id`,
      [uuidOf(reseller.id)],
    );
    expect(row).toEqual({ sum: true, length: true, running: true, gapless: true });
  }

  describe('login', () => {
    test('«Authenticate as a reseller. Returns a JWT token valid for 24 hours.»', async () => {
      const body = { username: 'reseller1', password: 'resellerpass', balance: 50 };
      expect((await app.seller.post(app.path('/resellers'), body)).status).toBe(201);
      const { username, password } = body;
      const answer = await login({ appId: app.id, apiKey: app.apiKey, username, password });
      const sample = {
        success: true,
        data: { token: 'eyJhbG...', username: 'reseller1', balance: 50 },
      };
      expectSample(answer, 200, sample);
      expect(answer.body.data).toMatchObject({ username: 'reseller1', balance: 50 });
      const claims = Buffer.from(answer.body.data.token.split('.')[1], 'base64url').toString();
      const { aud, iat, exp, ...others } = JSON.parse(claims) as Record<string, unknown>;
      expect({ aud, life: Number(exp) - Number(iat) }).toEqual({
        aud: 'latchkey:reseller',
        life: 86_400,
      });
      expect(Object.keys(others).sort()).toEqual(['epoch', 'iss', 'sub']);
    });

    test('wrong app, wrong name and wrong password are told apart only as far as the documents do', async () => {
      const { username } = await app.reseller();
      const good = { appId: app.id, apiKey: app.apiKey, username, password: PASSWORD };
      const app401 = 'Invalid appId or apiKey';
      expectError(await login({ ...good, appId: 'nothing' }), 401, app401, 'INVALID_KEY');
      expectError(await login({ ...good, apiKey: 'as_no' }), 401, app401, 'INVALID_KEY');
      const other = await anApp(app.seller);
      expectError(await login({ ...good, apiKey: other.apiKey }), 401, app401, 'INVALID_KEY');
      const wrong = { ...good, password: 'wrong' };
      const unknown = { ...good, username: unique('nobody') };
      for (const body of [wrong, unknown, { ...good, appId: other.id, apiKey: other.apiKey }]) {
        expectError(await login(body), 401, 'Invalid credentials', 'INVALID_CREDENTIALS');
      }
      expect((await login({ ...good, username: username.toUpperCase() })).status).toBe(200);
    });

    test('a paused application serves no reseller; a suspension is told after the right password', async () => {
      const { username, path } = await app.reseller().then((made) => ({
        username: made.username,
        path: made.path(),
      }));
      const good = { appId: app.id, apiKey: app.apiKey, username, password: PASSWORD };
      await app.seller.patch(path, { status: 'SUSPENDED' });
      expectError(await login(good), 403, 'Reseller is suspended', 'RESELLER_SUSPENDED');
      const wrong = await login({ ...good, password: 'wrong' });
      expectError(wrong, 401, 'Invalid credentials', 'INVALID_CREDENTIALS');
      await app.seller.patch(path, { status: 'ACTIVE' });
      expect((await login(good)).status).toBe(200);
      await app.seller.patch(app.path(), { status: 'PAUSED' });
      expectError(await login(good), 403, 'Application is paused', 'RESELLER_APP_PAUSED');
    });

    test('too many wrong passwords lock the name, existing or not, for a while', async () => {
      const { username } = await app.reseller();
      for (const name of [username, unique('nobody')]) {
        const good = { appId: app.id, apiKey: app.apiKey, username: name, password: PASSWORD };
        const statuses: number[] = [];
        for (let attempt = 0; attempt < 12; attempt++) {
          statuses.push((await login({ ...good, password: `wrong-${attempt}` })).status);
        }
        expect(statuses.at(0)).toBe(401);
        const locked = await login(good);
        expectError(locked, 429, 'Too many failed attempts, try again later', 'SIGN_IN_LOCKED');
        expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    });
  });

  describe('licences', () => {
    test('«Generate license keys (deducts from reseller balance). Max 50 per request.»', async () => {
      const reseller = await app.reseller({ balance: 50 });
      const answer = await reseller.post('/licenses', {
        count: 5,
        durationType: '30d',
        level: 1,
        maxDevices: 1,
        prefix: 'RESELL',
      });
      const sample = {
        success: true,
        data: [{ key: 'RESELL-XXXX-XXXX-XXXX', durationType: '30d', status: 'UNUSED' }],
        balance: 45,
      };
      expectSample(answer, 201, sample, under('data[]', KEY_EXTRAS));
      expect(answer.body.balance).toBe(45);
      expect(answer.body.data).toHaveLength(5);
      for (const key of answer.body.data) {
        expect(key).toEqual({
          key: expect.stringMatching(/^RESELL(-[A-Z2-9]{4}){3}$/),
          durationType: '30d',
          status: 'UNUSED',
          id: expect.stringMatching(/^lic_[0-9a-f]{32}$/),
          level: 1,
          maxDevices: 1,
          prefix: 'RESELL',
          note: null,
          price: 1,
          createdAt: expect.stringMatching(ISO),
        });
      }
      expect(await reseller.balance()).toBe(45);
      await expectSoundLedger(reseller);
    });

    test('one key when no count is given; 50 at most, 51 refused and not charged', async () => {
      const reseller = await app.reseller({ balance: 100 });
      expect((await reseller.generate()).body).toMatchObject({ balance: 99 });
      expect((await reseller.generate({ count: 50 })).body.data).toHaveLength(50);
      const message = 'count: must be a whole number from 1 to 50';
      expectError(await reseller.generate({ count: 51 }), 400, message, 'INVALID_INPUT');
      expect(await reseller.balance()).toBe(49);
    });

    test('«List all licenses generated by this reseller.»: own keys only, by status and search', async () => {
      const [reseller, rival] = [await app.reseller(), await app.reseller()];
      await app.license();
      await rival.keys({ count: 2 });
      const [used, unused] = await reseller.keys({ count: 2, prefix: 'RESELL' });
      await app.call('license', { licenseKey: used!.key });
      const answer = await reseller.get('/licenses');
      const sample = {
        success: true,
        data: [{ key: 'RESELL-XXXX', status: 'USED', durationType: '30d', createdAt: '...' }],
      };
      expectSample(answer, 200, sample, [
        ...under('data[]', [...KEY_EXTRAS, 'activatedAt', 'expiresAt']),
        'pagination',
      ]);
      const keys = (list: { key: string }[]) => list.map(({ key }) => key).sort();
      expect(keys(answer.body.data)).toEqual([used!.key, unused!.key].sort());
      expect(keys((await reseller.get('/licenses?status=USED')).body.data)).toEqual([used!.key]);
      const search = encodeURIComponent(unused!.key.slice(4).toLowerCase());
      const found = await reseller.get(`/licenses?search=${search}`);
      expect(keys(found.body.data)).toEqual([unused!.key]);
      const first = await reseller.get('/licenses?limit=1');
      expect(first.body.pagination).toMatchObject({ page: 1, limit: 1, total: 2 });
      const second = await reseller.get(
        `/licenses?limit=1&cursor=${first.body.pagination.nextCursor}`,
      );
      expect(keys([...first.body.data, ...second.body.data])).toEqual(keys(answer.body.data));
      expect(second.body.pagination.nextCursor).toBeNull();
    });

    test('a key of a reseller works like any other, and names its reseller to the seller', async () => {
      const reseller = await app.reseller();
      const [key] = await reseller.keys({ level: 3, maxDevices: 2 });
      expect((await app.call('license', { licenseKey: key!.key })).body.data.level).toBe(3);
      const seen = await app.seller.get(app.path(`/licenses/${key!.id}`));
      expect(seen.body.data).toMatchObject({ resellerId: reseller.id, maxDevices: 2 });
    });

    test('prices are charged by duration; levels and durations that are not allowed are refused', async () => {
      const reseller = await app.reseller({
        balance: 100,
        prices: { '30d': 7, lifetime: 40 },
        levels: [1, 2],
        durations: ['1d', '30d', 'lifetime'],
      });
      expect((await reseller.generate({ count: 2 })).body.balance).toBe(86);
      expect((await reseller.generate({ durationType: '1d' })).body.balance).toBe(85);
      const refused = 'Reseller may not sell that level or duration';
      for (const terms of [{ level: 3 }, { durationType: '7d' }]) {
        expectError(await reseller.generate(terms), 403, refused, 'RESELLER_NOT_ALLOWED');
      }
      const dear = await reseller.generate({ durationType: 'lifetime', count: 3 });
      expectError(dear, 403, 'Insufficient balance', 'INSUFFICIENT_BALANCE');
      expect((await reseller.get('/licenses')).body.pagination.total).toBe(3);
      await expectSoundLedger(reseller);
    });

    test('a refused spend stays on record, with an Idempotency-Key as well, and leaves the key free', async () => {
      const reseller = await app.reseller({ balance: 0 });
      const headers = { 'idempotency-key': unique('key') };
      await reseller.generate();
      await reseller.generate({}, { headers });
      const records = await server.database.rows(
        `SELECT actor_kind, outcome FROM audit_records
          WHERE actor_id = $1 AND action = 'reseller.generate'`,
        [uuidOf(reseller.id)],
      );
      const record = { actor_kind: 'reseller', outcome: 'INSUFFICIENT_BALANCE' };
      expect(records).toEqual([record, record]);
      await app.seller.post(reseller.path('/topup'), { amount: 1 });
      expect((await reseller.generate({}, { headers })).status).toBe(201);
    });

    test('delete: an unused key is refunded once, at the price that was paid', async () => {
      const reseller = await app.reseller({ balance: 10, prices: { '30d': 4 } });
      const [key, used, banned] = [
        ...(await reseller.keys()),
        ...(await reseller.keys({ durationType: '1d', count: 2 })),
      ];
      await app.seller.patch(reseller.path(), { prices: { '30d': 9 } });
      const answer = await reseller.delete(`/licenses/${key!.id}`);
      expect(answer.body).toEqual({
        success: true,
        message: 'License deleted and refunded',
        data: { balance: 8 },
      });
      const again = await reseller.delete(`/licenses/${key!.id}`);
      expectError(again, 404, 'License not found', 'LICENSE_NOT_FOUND');
      await app.call('license', { licenseKey: used!.key });
      await app.seller.post(app.path(`/licenses/${banned!.id}/ban`));
      for (const [{ id }, status] of [
        [used!, 'USED'],
        [banned!, 'BANNED'],
      ] as const) {
        const message = `Cannot refund a license that is ${status}`;
        const refused = await reseller.delete(`/licenses/${id}`);
        expectError(refused, 409, message, 'LICENSE_WRONG_STATUS');
      }
      const events = await server.database.rows<{ key: string }>(
        "SELECT data->>'licenseKey' AS key FROM outbox_events WHERE app_id = $1 AND type = 'license.delete'",
        [app.id],
      );
      expect(events).toEqual([{ key: key!.key }]);
      await expectSoundLedger(reseller);
    });

    test('a key that the seller deletes is not refunded', async () => {
      const reseller = await app.reseller({ balance: 5 });
      const [key] = await reseller.keys();
      await app.seller.delete(app.path(`/licenses/${key!.id}`));
      expect((await reseller.delete(`/licenses/${key!.id}`)).status).toBe(404);
      expect(await reseller.balance()).toBe(4);
    });
  });

  describe('balance, stats, ledger', () => {
    test('«Check remaining reseller balance (credits).»', async () => {
      const reseller = await app.reseller({ balance: 45 });
      const answer = await reseller.get('/balance');
      expectSample(answer, 200, { success: true, data: { balance: 45 } });
      expect(answer.body.data.balance).toBe(45);
    });

    test('stats count what was made, used and is left (D-B5)', async () => {
      const reseller = await app.reseller({ balance: 10 });
      const [first] = await reseller.keys({ count: 4 });
      await app.call('license', { licenseKey: first!.key });
      const answer = await reseller.get('/stats');
      expect(answer.body).toEqual({
        success: true,
        data: { balance: 6, totalKeys: 4, usedKeys: 1, unusedKeys: 3 },
      });
    });

    test('the ledger tells every movement, to the seller and the reseller alike', async () => {
      const reseller = await app.reseller({ balance: 10 });
      const [key] = await reseller.keys({ count: 3 });
      await reseller.delete(`/licenses/${key!.id}`);
      await app.seller.post(reseller.path('/topup'), { amount: 5, note: 'Invoice 42' });
      const own = await reseller.get('/ledger');
      const seen = await app.seller.get(reseller.path('/ledger'));
      expect(own.body).toEqual(seen.body);
      expect(own.body.pagination).toMatchObject({ total: 4, nextCursor: null });
      const line = (position: number, kind: string, amount: number, balanceAfter: number) =>
        expect.objectContaining({ position, kind, amount, balanceAfter });
      expect(own.body.data).toEqual([
        line(4, 'TOPUP', 5, 13),
        line(3, 'REFUND', 1, 8),
        line(2, 'GENERATE', -3, 7),
        line(1, 'TOPUP', 10, 10),
      ]);
      expect(own.body.data[0]).toMatchObject({ note: 'Invoice 42', actor: 'seller' });
      expect(own.body.data[1]).toMatchObject({ licenseId: key!.id, actor: 'reseller' });
      expect(own.body.data[2]).toMatchObject({ keys: 3, unitPrice: 1 });
      await expectSoundLedger(reseller);
    });

    test('the statement is a file, whole and in order, as JSON and as CSV; S-31 cells are neutralised', async () => {
      const reseller = await app.reseller({ balance: 7 });
      const notes = ['=cmd()', '+1', '-1', '@x', '\tx', '\rx', '\n=x', 'a "b", c', 'plain'];
      for (const note of notes) await app.seller.post(reseller.path('/topup'), { amount: 1, note });
      await reseller.keys();
      const json = await reseller.get('/ledger/export?format=json');
      const list = (await reseller.get('/ledger')).body.data as object[];
      expect(json.body).toEqual({ success: true, data: [...list].reverse() });
      const csv = await app.seller.get(reseller.path('/ledger/export?format=csv'));
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      const file = `attachment; filename="ledger-${reseller.id}.csv"`;
      expect(csv.headers.get('content-disposition')).toBe(file);
      expect(csv.text).toBe((await reseller.get('/ledger/export?format=csv')).text);
      const lines = csv.text.trimEnd().split('\r\n');
      expect(lines[0]).toBe(
        'position,createdAt,kind,amount,balanceAfter,keys,unitPrice,licenseId,note,actor,id',
      );
      const cell = (text: string) => lines.filter((line) => line.includes(`,${text},`)).length;
      for (const text of ["'=cmd()", "'+1", "'-1", "'@x", "'\tx", `"'\rx"`, `"'\n=x"`, 'plain']) {
        expect([text, cell(text)]).toEqual([text, 1]);
      }
      expect(cell('"a ""b"", c"')).toBe(1);
      expect(lines.at(-1)).toMatch(/^11,[^,]+,GENERATE,-1,15,1,1,,,reseller,led_[0-9a-f]{32}$/);
    });

    test('a statement of more than one batch has every line once; an empty one is a head', async () => {
      const empty = await app.reseller({ balance: 0 });
      expect((await empty.get('/ledger/export')).body).toEqual({ success: true, data: [] });
      expect((await empty.get('/ledger/export?format=csv')).text).toMatch(
        /^position,[^\r\n]+\r\n$/,
      );
      const reseller = await app.reseller({ balance: 1 });
      await server.database.rows(
        `INSERT INTO reseller_ledger (id, reseller_id, seller_id, app_id, position, kind, amount, balance_after, actor_kind, actor_id)
         SELECT gen_random_uuid(), reseller_id, seller_id, app_id, n, 'TOPUP', 1, n, 'seller', seller_id
           FROM reseller_ledger, generate_series(2, 2500) n WHERE reseller_id = $1`,
        [uuidOf(reseller.id)],
      );
      await server.database.rows(
        'UPDATE resellers SET balance = 2500, ledger_length = 2500 WHERE id = $1',
        [uuidOf(reseller.id)],
      );
      const { body } = await reseller.get('/ledger/export');
      const positions = body.data.map(({ position }: { position: number }) => position);
      expect(positions).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
      expect((await reseller.get('/ledger/export?format=csv')).text.split('\r\n')).toHaveLength(
        2_502,
      );
    });

    test.each([
      'UPDATE reseller_ledger SET amount = 0',
      'UPDATE reseller_ledger SET amount = amount WHERE false',
      'DELETE FROM reseller_ledger',
      'TRUNCATE reseller_ledger',
    ])('the ledger refuses: %s', async (statement) => {
      const reseller = await app.reseller();
      await expect(server.database.pool.query(statement)).rejects.toThrow(
        'on reseller_ledger is refused: the table is append-only',
      );
      await expectSoundLedger(reseller);
    });
  });

  describe("the seller's side (D-A19)", () => {
    test('create, read, list, change, delete', async () => {
      const body = {
        username: 'Zoë',
        password: 'resellerpass',
        balance: 5,
        prices: { lifetime: 10, '30d': 2 },
        levels: [1, 2],
        durations: ['30d'],
        note: 'a friend',
      };
      const made = await app.seller.post(app.path('/resellers'), body);
      expect(made.status).toBe(201);
      const { password: _password, ...shown } = body;
      const reseller = {
        id: expect.stringMatching(/^rsl_[0-9a-f]{32}$/),
        ...shown,
        status: 'ACTIVE',
        lastLoginAt: null,
        createdAt: expect.stringMatching(ISO),
      };
      expect(made.body).toEqual({ success: true, message: 'Reseller created', data: reseller });
      const path = app.path(`/resellers/${made.body.data.id}`);
      expect((await app.seller.get(path)).body.data).toEqual(made.body.data);
      const list = await app.seller.get(app.path('/resellers'));
      expect(list.body).toMatchObject({ data: [reseller], pagination: { total: 1 } });
      const change = { prices: {}, levels: null, durations: null, note: null, status: 'SUSPENDED' };
      const changed = await app.seller.patch(path, change);
      expect(changed.body.data).toEqual({ ...made.body.data, ...change });
      const deleted = await app.seller.delete(path);
      expect(deleted.body).toEqual({ success: true, message: 'Reseller deleted' });
      expectError(await app.seller.get(path), 404, 'Reseller not found', 'RESELLER_NOT_FOUND');
    });

    test('a name is taken once in an application, whatever its spelling', async () => {
      const create = (username: string, where: TestApp = app) =>
        where.seller.post(where.path('/resellers'), { username, password: PASSWORD });
      expect((await create('Zoë')).status).toBe(201);
      for (const username of ['zoe\u0308', 'ＺＯË', 'z\u200boë']) {
        const answer = await create(username);
        expectError(answer, 409, 'Username already exists', 'RESELLER_NAME_TAKEN');
      }
      expect((await create('Zoë', await anApp(app.seller))).status).toBe(201);
    });

    test('prices name only durations, as whole numbers from one on', async () => {
      const create = (prices: unknown) =>
        app.seller.post(app.path('/resellers'), {
          username: unique('r'),
          password: PASSWORD,
          prices,
        });
      const bad: unknown[] = [
        ...[[], [1], 'x', 5, null, { '2d': 1 }, { constructor: 1 }, { toString: 1 }],
        ...[0, -1, 1.5, '1', null, 1e10, [1], {}].map((price) => ({ '30d': price })),
      ];
      for (const prices of bad) {
        const answer = await create(prices);
        expect([prices, answer.status, answer.body.errors?.[0]?.field]).toEqual([
          prices,
          400,
          'prices',
        ]);
      }
      expect((await app.seller.get(app.path('/resellers'))).body.pagination.total).toBe(0);
    });

    test('top-up: whole credits, up to the largest balance', async () => {
      const reseller = await app.reseller({ balance: 0 });
      const topUp = (amount: unknown) => app.seller.post(reseller.path('/topup'), { amount });
      const answer = await topUp(100);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ message: 'Balance topped up', data: { balance: 100 } });
      for (const amount of [0, -1, 1.5, '5', 1e9 + 1, null, 1e300]) {
        expect([amount, (await topUp(amount)).status]).toEqual([amount, 400]);
      }
      await server.database.rows('UPDATE resellers SET balance = 999999999999 WHERE id = $1', [
        uuidOf(reseller.id),
      ]);
      expect((await topUp(1)).body.data.balance).toBe(1_000_000_000_000);
      const message = 'The balance would exceed 1000000000000 credits';
      expectError(await topUp(1), 409, message, 'RESELLER_BALANCE_LIMIT');
    });

    test('deleting a reseller leaves their keys, as the seller’s own, and their ledger', async () => {
      const reseller = await app.reseller({ balance: 5 });
      const [key] = await reseller.keys();
      await app.seller.delete(reseller.path());
      const seen = await app.seller.get(app.path(`/licenses/${key!.id}`));
      expect(seen.body.data).toMatchObject({ status: 'UNUSED', resellerId: null });
      const lines = await server.database.value(
        'SELECT count(*)::int FROM reseller_ledger WHERE reseller_id = $1',
        [uuidOf(reseller.id)],
      );
      expect(lines).toBe(2);
    });

    test('a reseller of very many keys is deleted, though that takes longer than other statements may', async () => {
      const slow = await startTestServer({ DATABASE_STATEMENT_TIMEOUT_MS: '1000' });
      try {
        const reseller = await (await anApp(slow.url)).reseller();
        await reseller.keys({ count: 2 });
        await slow.database.rows(`
          CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.6); RETURN NEW; END $$;
          CREATE TRIGGER slow BEFORE UPDATE ON licenses FOR EACH ROW EXECUTE FUNCTION take_long()`);
        expect((await reseller.app.seller.delete(reseller.path())).status).toBe(200);
        const details = await slow.database.value(
          "SELECT details->'keys' FROM audit_records WHERE action = 'reseller.delete'",
        );
        expect(details).toBe(2);
      } finally {
        await slow.close();
      }
    });
  });
});
