import { anApp, TestApp, TestReseller } from '../factories';
import { uuidOf } from '../golden/sample';
import { startTestServer, TestServer } from '../support/server';
import { inject } from './support';

/** Switched by the twin: what comes in is believed. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/validation', () => {
  type Validate = {
    validateInput: (type: new () => object, input: object, keys: string) => object;
  };
  const actual = jest.requireActual<Validate>('../../src/platform/http/validation');
  return {
    ...actual,
    validateInput: (type: new () => object, input: object, keys: string) =>
      mockGuard.off ? Object.assign(new type(), input) : actual.validateInput(type, input, keys),
  };
});
jest.mock('../../src/modules/resellers/domain/reseller', () => {
  type Judge = { judgeOrder: (...given: unknown[]) => object };
  const actual = jest.requireActual<Judge>('../../src/modules/resellers/domain/reseller');
  const believing = (_rules: object, balance: number, { count }: { count: number }) =>
    count > balance
      ? { granted: false, code: 'INSUFFICIENT_BALANCE', facts: {} }
      : { granted: true, value: { unitPrice: 1, cost: count } };
  return {
    ...actual,
    judgeOrder: (...given: Parameters<typeof believing>) =>
      mockGuard.off ? believing(...given) : actual.judgeOrder(...given),
  };
});

/** Counts as JSON text: some are no values of this language. */
const COUNTS = [
  ...[
    '-1',
    '-50',
    '0',
    '0.5',
    '1.000001',
    '51',
    '1e9',
    '1e300',
    '1e999',
    '-1e999',
    '9007199254740993',
  ],
  ...[
    'NaN',
    '"1"',
    '"5"',
    '"-1"',
    '"NaN"',
    '""',
    'null',
    'true',
    '[]',
    '[1]',
    '{}',
    '{"valueOf":1}',
  ],
];
/** Fields by which somebody would like to set what a key costs, or what they own. */
const SMUGGLED = [
  ...['price', 'unitPrice', 'cost', 'amount', 'balance', 'resellerPrice', 'prices', 'resellerId'],
  ...['status', 'free', 'keys', 'expiresAt', 'subscription'],
];

describe('S-16 a reseller who tries to get keys or credits for nothing', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    app = await anApp(server.url);
  });
  afterEach(() => {
    mockGuard.off = false;
  });
  afterAll(() => server.close());

  /** Credits as balance, ledger and keys tell them; equal before and after means nothing moved. */
  async function holdings(reseller: TestReseller) {
    const [row] = await server.database.rows<Record<'balance' | 'lines' | 'sum' | 'keys', number>>(
      `SELECT r.balance::int AS balance, r.ledger_length AS lines,
              (SELECT sum(amount)::int FROM reseller_ledger WHERE reseller_id = r.id) AS sum,
              (SELECT count(*)::int FROM licenses WHERE reseller_id = r.id) AS keys
         FROM resellers r WHERE r.id = $1`,
      [uuidOf(reseller.id)],
    );
    return row!;
  }

  const order = ({ token }: TestReseller, raw: string) =>
    inject(server, 'POST', '/v1/reseller/licenses', { token, raw });

  test('S-16 negative, fractional, huge, NaN and text counts are refused, and nothing moves', async () => {
    const reseller = await app.reseller({ balance: 100 });
    const before = await holdings(reseller);
    const passed: string[] = [];
    for (const count of COUNTS) {
      const { status } = await order(reseller, `{"durationType":"30d","count":${count}}`);
      if (status !== 400) passed.push(`${count}: ${status}`);
    }
    expect(passed).toEqual([]);
    expect(await holdings(reseller)).toEqual(before);
  });

  test('S-16 no field of the order sets a price, a balance or a life of the key', async () => {
    const reseller = await app.reseller({ balance: 100 });
    const before = await holdings(reseller);
    for (const field of SMUGGLED) {
      const answer = await order(reseller, `{"durationType":"30d","${field}":0}`);
      expect([field, answer.status, answer.body.errors?.[0]?.field]).toEqual([field, 400, field]);
    }
    expect(await holdings(reseller)).toEqual(before);
  });

  test('S-16 a key that is made and given back again and again leaves the credits as they were', async () => {
    const reseller = await app.reseller({ balance: 3, prices: { '30d': 3 } });
    for (let round = 1; round <= 5; round++) {
      const [key] = await reseller.keys();
      // The price moves between the purchase and the return, up and down.
      const price = round % 2 === 0 ? 1 : 1_000;
      await app.seller.patch(reseller.path(), { prices: { '30d': price } });
      expect((await reseller.delete(`/licenses/${key!.id}`)).body.data.balance).toBe(3);
      await app.seller.patch(reseller.path(), { prices: { '30d': 3 } });
    }
    expect(await holdings(reseller)).toEqual({ balance: 3, lines: 11, sum: 3, keys: 0 });
  });

  test('S-16 nothing is refunded for a key of the seller, of another reseller, a used or a deleted one', async () => {
    const [reseller, rival] = [await app.reseller(), await app.reseller()];
    const [own, used] = await reseller.keys({ count: 2 });
    await app.call('license', { licenseKey: used!.key });
    await reseller.delete(`/licenses/${own!.id}`);
    const [others] = await rival.keys();
    const sellers = await app.license();
    const before = await holdings(reseller);
    const statuses: number[] = [];
    for (const { id } of [own!, used!, others!, sellers]) {
      statuses.push((await reseller.delete(`/licenses/${id}`)).status);
    }
    expect(statuses).toEqual([404, 409, 404, 404]);
    expect(await holdings(reseller)).toEqual(before);
  });

  test('S-16 the database itself refuses a balance below nothing and a second refund of a key', async () => {
    const reseller = await app.reseller({ balance: 5 });
    const [key] = await reseller.keys();
    await reseller.delete(`/licenses/${key!.id}`);
    const again = `INSERT INTO reseller_ledger (id, reseller_id, seller_id, app_id, position, kind, amount, balance_after, license_id, actor_kind, actor_id)
      SELECT gen_random_uuid(), reseller_id, seller_id, app_id, 99, kind, amount, balance_after, license_id, actor_kind, actor_id
        FROM reseller_ledger WHERE reseller_id = $1 AND kind = 'REFUND'`;
    const id = [uuidOf(reseller.id)];
    await expect(server.database.rows(again, id)).rejects.toThrow('reseller_ledger_refund');
    const below = 'UPDATE resellers SET balance = -1 WHERE id = $1';
    await expect(server.database.rows(below, id)).rejects.toThrow('resellers_balance_check');
  });

  test('S-16 twin: an order that is believed makes credits out of nothing', async () => {
    const minted: string[] = [];
    mockGuard.off = true;
    const negative = COUNTS.filter((count) => /^-\d+$/.test(count));
    for (const count of negative) {
      const reseller = await app.reseller({ balance: 100, prices: {}, levels: null, note: null });
      await order(reseller, `{"durationType":"30d","count":${count}}`);
      const { balance, keys } = await holdings(reseller);
      if (balance + keys !== 100) minted.push(count);
    }
    expect(negative.length).toBeGreaterThan(1);
    expect(minted.length / negative.length).toBeGreaterThanOrEqual(0.9);
  });
});
