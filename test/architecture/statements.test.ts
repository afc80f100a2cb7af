import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { ChangeFeed } from '../../src/platform/database';
import { Entitlements } from '../../src/modules/app-users/entitlements';
import { anApp, aSeller, PASSWORD, TestApp, TestSeller, unique } from '../factories';
import type { Answer } from '../support/http';
import { PROJECT_ROOT, startTestServer, TestServer } from '../support/server';

/** Statements of the server's pool, in order; those of the change feed and of tests are not among them. */
const statements: string[] = [];
const FRAME = /^(START TRANSACTION|BEGIN|COMMIT|ROLLBACK)/;
/** Written in batches by a timer, whatever the requests. */
const BACKGROUND =
  /^UPDATE sessions s SET last_seen_at|^SELECT pg_notify\('latchkey_changes', 'outbox:'\)/;

const originalQuery = Client.prototype.query as (...args: unknown[]) => unknown;

function record(this: Client & { readonly connectionParameters?: { application_name?: string } }) {
  return this.connectionParameters?.application_name === 'latchkey';
}

beforeAll(() => {
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [first] = args;
    const text = typeof first === 'string' ? first : ((first as { text?: string })?.text ?? '');
    if (record.call(this) && !BACKGROUND.test(text.trim())) statements.push(text.trim());
    return originalQuery.apply(this, args);
  } as typeof Client.prototype.query;
});
afterAll(() => {
  Client.prototype.query = originalQuery as typeof Client.prototype.query;
});

interface Cost {
  readonly work: number;
  /** BEGIN and COMMIT: round trips as well, but no statements of ours. */
  readonly frame: number;
}

/** What one request asks of the database. */
async function costOf(request: () => Promise<Answer>): Promise<Cost> {
  const before = statements.length;
  const answer = await request();
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  const made = statements.slice(before);
  const frame = made.filter((text) => FRAME.test(text)).length;
  return { work: made.length - frame, frame };
}

describe('L-08 statements per request', () => {
  let server: TestServer;
  let app: TestApp;
  const figures: Record<string, Cost> = {};
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    app = await anApp(server.url);
  });
  afterAll(async () => {
    await server.close();
    const directory = join(PROJECT_ROOT, 'test-results');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'L-08.json'), `${JSON.stringify(figures, null, 2)}\n`);
  });
  afterEach(() => jest.restoreAllMocks());

  /** A signed-in user whose session this server has checked once. */
  async function warmSession(): Promise<string> {
    const hwid = unique('hwid');
    const { username } = await app.user({ hwid });
    const sessionToken = await app.login(username, hwid);
    figures['check, cold'] = await costOf(() => app.call('check', { sessionToken }));
    return sessionToken;
  }

  test('a check that is remembered asks nothing, at most 2 are allowed', async () => {
    const sessionToken = await warmSession();
    figures['check, warm'] = await costOf(() => app.call('check', { sessionToken }));

    expect(figures['check, warm']).toEqual({ work: 0, frame: 0 });
  });

  test('its twin goes red when nothing is remembered', async () => {
    const sessionToken = await warmSession();
    jest.spyOn(server.app.get(ChangeFeed), 'isTrusted').mockReturnValue(false);
    const { work } = await costOf(() => app.call('check', { sessionToken }));

    expect(work).toBeGreaterThan(2);
  });

  test('a login costs at most 6, on a new device as well', async () => {
    const terms = { maxDevices: 3 };
    const { username } = await app.user({ hwid: unique('hwid'), terms });
    const fields = { username, password: PASSWORD, hwid: unique('hwid') };
    figures['login, new device'] = await costOf(() => app.call('login', fields));
    figures['login, known device'] = await costOf(() => app.call('login', fields));

    expect(figures['login, new device'].work).toBeLessThanOrEqual(6);
    expect(figures['login, known device'].work).toBeLessThanOrEqual(6);
  });

  test('a variable costs one statement on a remembered session; setting one, four', async () => {
    const sessionToken = await warmSession();
    await app.seller.post(app.path('/variables'), { key: 'shared', value: '1' });
    const ask = (type: string, key: string) => () =>
      app.call(type, { sessionToken, key, value: '1', message: '1' });
    figures['setvar'] = await costOf(ask('setvar', 'own'));
    figures['var'] = await costOf(ask('var', 'shared'));
    figures['getvar'] = await costOf(ask('getvar', 'own'));
    figures['log'] = await costOf(ask('log', ''));

    expect(figures['var']).toEqual({ work: 1, frame: 0 });
    expect(figures['getvar']).toEqual({ work: 1, frame: 0 });
    expect(figures['log']).toEqual({ work: 1, frame: 0 });
    expect(figures['setvar'].work).toBeLessThanOrEqual(4);
  });

  test('its twin goes red when nothing is remembered: a variable then costs more than one', async () => {
    const sessionToken = await warmSession();
    await app.call('setvar', { sessionToken, key: 'own', value: '1' });
    jest.spyOn(server.app.get(ChangeFeed), 'isTrusted').mockReturnValue(false);
    const { work } = await costOf(() => app.call('getvar', { sessionToken, key: 'own' }));

    expect(work).toBeGreaterThan(1);
  });

  test('who is online, the figures and a redeemed code are reported', async () => {
    const sessionToken = await warmSession();
    await app.seller.post(app.path('/referral-codes'), { code: 'ABC', rewardDays: 1 });
    const ask = (type: string) => () => app.call(type, { sessionToken, code: 'ABC' });
    figures['fetch_online'] = await costOf(ask('fetch_online'));
    figures['fetch_stats'] = await costOf(ask('fetch_stats'));
    figures['redeem_referral'] = await costOf(ask('redeem_referral'));

    expect(figures['fetch_online'].work).toBe(1);
    expect(figures['fetch_stats'].work).toBe(2);
    expect(figures['redeem_referral'].frame).toBe(2);
  });

  test('register and the key are reported', async () => {
    const [one, two] = await app.licenses({ count: 2 });
    const fields = { username: unique('user'), password: PASSWORD, hwid: unique('hwid') };
    const register = { ...fields, licenseKey: one!.key };
    figures['register'] = await costOf(() => app.call('register', register));
    const key = { licenseKey: two!.key, hwid: unique('hwid') };
    figures['license'] = await costOf(() => app.call('license', key));

    expect(figures['register'].frame).toBe(2);
    expect(figures['license'].frame).toBe(2);
  });
});

describe('L-08 statements per list', () => {
  const MANY = 50;
  let server: TestServer;
  let seller: TestSeller;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    seller = await aSeller(server.url);
    app = await anApp(seller);
  });
  afterAll(() => server.close());

  /** Rows below the application, by what a list shows; each call adds `count` of each. */
  async function fill(count: number): Promise<void> {
    for (let made = 0; made < count; made++) {
      const hwid = unique('hwid');
      const { username } = await app.user({ hwid });
      await app.login(username, hwid);
      const entry = { type: 'HWID', value: unique('bad') };
      for (const [path, body] of [
        ['/blacklist', entry],
        ['/variables', { key: unique('key'), value: '' }],
        ['/referral-codes', { rewardDays: 1 }],
      ] as const) {
        const answer = await seller.post(app.path(path), body);
        if (answer.status !== 201) throw new Error(answer.text);
      }
      await app.call('log', { message: 'hello' });
    }
  }

  function lists(): Record<string, string> {
    const page = `?limit=${MANY}`;
    return {
      apps: `/v1/admin/apps${page}`,
      licenses: app.path(`/licenses${page}`),
      users: app.path(`/users${page}`),
      sessions: app.path(`/sessions${page}`),
      blacklist: app.path(`/blacklist${page}`),
      variables: app.path(`/variables${page}`),
      referrals: app.path(`/referral-codes${page}`),
      logs: app.path(`/logs${page}`),
    };
  }

  /** Statements and rows of each list. */
  async function measure(): Promise<Record<string, { work: number; rows: number }>> {
    const result: Record<string, { work: number; rows: number }> = {};
    for (const [name, path] of Object.entries(lists())) {
      let rows = 0;
      const { work } = await costOf(async () => {
        const answer = await seller.get(path);
        rows = answer.body.data?.length;
        return answer;
      });
      result[name] = { work, rows };
    }
    return result;
  }

  test('is the same for 1 row and for 50; its twin, one look-up a user, is found', async () => {
    await fill(1);
    const few = await measure();
    await fill(MANY - 1);
    for (let made = 1; made < MANY; made++) await anApp(seller);
    const many = await measure();

    const each = (of: typeof few, what: 'rows' | 'work') =>
      Object.fromEntries(Object.entries(of).map(([name, cost]) => [name, cost[what]]));
    const all = (value: number) =>
      Object.fromEntries(Object.keys(lists()).map((name) => [name, value]));
    expect(each(few, 'rows')).toEqual(all(1));
    expect(each(many, 'rows')).toEqual(all(MANY));
    expect(each(many, 'work')).toEqual(each(few, 'work'));
    writeFileSync(
      join(PROJECT_ROOT, 'test-results/L-08-lists.json'),
      `${JSON.stringify(each(many, 'work'), null, 2)}\n`,
    );

    const entitlements = server.app.get(Entitlements, { strict: false });
    const attach = entitlements.attach.bind(entitlements);
    jest.spyOn(entitlements, 'attach').mockImplementation(async (users) => {
      return (await Promise.all(users.map((user) => attach([user])))).flat();
    });
    const twin = await measure();
    expect(twin['users']!.work).toBeGreaterThan(many['users']!.work + MANY - 1);
  });
});
