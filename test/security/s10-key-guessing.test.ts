import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { granted, refused } from '../../src/kernel';
import { KeyGuesses } from '../../src/modules/client-access/key-guesses';
import { KeyGuessesRepository } from '../../src/modules/client-access/key-guesses.repository';
import { RateLimiter } from '../../src/platform/rate-limit';
import { anApp, aSeller, TestApp, unique } from '../factories';
import { aGateway } from '../factories/tki';
import { until } from '../faults/support/until';
import { uuidOf } from '../golden/sample';
import { ask, hangUp, post } from '../races/lean-http';
import { freshApp, spell } from '../races/support';
import type { Answer } from '../support/http';
import { openPair, Pair } from '../support/pair';
import { startRedis, TestRedis } from '../support/redis';
import { PROJECT_ROOT } from '../support/server';

jest.setTimeout(280_000);

/** Every address tries fifty, of which twenty are looked up; fewer addresses with `FUZZ_FACTOR`. */
const ADDRESSES = Math.max(60, Math.round(200 * Number(process.env['FUZZ_FACTOR'] ?? '1')));
const GUESSES = 50 * ADDRESSES;
const TWIN_GUESSES = 400;
const ALLOWED = 20;
const AT_ONCE = 250;
const DEFAULT_CEILING = 1_000;

const LOCKED = '429 RATE_LIMITED';
/** What an unknown key is answered where it was looked up. */
const UNKNOWN = { license: '401 INVALID_LICENSE_KEY', register: '400 LICENSE_KEY_UNUSABLE' };
type Kind = keyof typeof UNKNOWN;

/** The defaults of the server, and a proxy that may say where a request came from. */
const SETTINGS = { KEY_GUESSES_PER_TEN_MINUTES: '', TRUSTED_PROXIES: '127.0.0.1' };

let redis: TestRedis;
let open: Pair | undefined;
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  jest.restoreAllMocks();
  hangUp();
  await open?.close();
  open = undefined;
});
afterAll(() => redis.close());

async function pairWith(settings: Record<string, string> = {}): Promise<Pair> {
  open = await openPair({ ...SETTINGS, REDIS_URL: redis.url, ...settings });
  return open;
}

const appOf = (pair: Pair) => freshApp({ urls: pair.urls } as Parameters<typeof freshApp>[0]);
const evaluations = (pair: Pair) =>
  pair.apps.reduce((sum, server) => sum + server.get(KeyGuesses).evaluations, 0);

/** An address, told apart by its number; each test has a network of its own. */
let network = 0;
const addressOf = (index: number) => ({
  'x-forwarded-for': `203.${network}.${index >> 8}.${index & 255}`,
});
beforeEach(() => void network++);

interface Wave {
  readonly guesses: number;
  readonly addresses: number;
  readonly kinds?: readonly Kind[];
}

/** Wrong keys over both servers, many at once; the addresses take turns. */
async function guess(
  pair: Pair,
  app: TestApp,
  { guesses, addresses, kinds = ['license', 'register'] }: Wave,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < guesses) {
    const first = answers.length;
    const size = Math.min(AT_ONCE, guesses - first);
    const shots = Array.from({ length: size }, (_, offset) => {
      const index = first + offset;
      const licenseKey = `GUES-${String(index).padStart(8, 'A')}-ABCD`;
      const account = { username: `guesser${index}`, password: 'securepass123' };
      const kind = kinds[index % kinds.length]!;
      const url = pair.urls[(index >> 1) % 2]!;
      return ask(app, url, kind, { licenseKey, ...account }, addressOf(index % addresses));
    });
    answers.push(...(await Promise.all(shots)));
  }
  return answers;
}

function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[spell(answer)] = (counts[spell(answer)] ?? 0) + 1;
  return counts;
}

interface Alarm {
  readonly events: readonly Record<string, unknown>[];
  readonly records: number;
}

async function alarmsOf(pair: Pair, app: TestApp): Promise<Alarm> {
  const events = await pair.database.rows<{ data: Record<string, unknown> }>(
    `SELECT data FROM outbox_events WHERE app_id = $1 AND type = 'license.guessing_suspected'`,
    [app.id],
  );
  const records = await pair.database.value<number>(
    `SELECT count(*)::int FROM audit_records
      WHERE app_id = $1 AND action = 'client.key-guessing' AND severity = 'critical'`,
    [app.id],
  );
  return { events: events.map(({ data }) => data), records };
}

describe('S-10 guessing licence keys', () => {
  test('S-10 any number of wrong keys from one address: 20 are looked up, on both servers together', async () => {
    const pair = await pairWith();
    const app = await appOf(pair);
    const answers = await guess(pair, app, { guesses: GUESSES, addresses: 1 });
    expect(evaluations(pair)).toBe(ALLOWED);
    const { [LOCKED]: locked, ...others } = tally(answers);
    expect(locked).toBe(GUESSES - ALLOWED);
    expect(Object.values(others).reduce((sum, one) => sum + one, 0)).toBe(ALLOWED);
    const waits = answers
      .filter(({ status }) => status === 429)
      .map(({ headers }) => Number(headers.get('retry-after')));
    expect(Math.min(...waits)).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(600);
    expect(await alarmsOf(pair, app)).toEqual({ events: [], records: 0 });
  });

  test('S-10 fifty wrong keys from each of many addresses: 20 each are looked up, and the seller is told once', async () => {
    const pair = await pairWith();
    const app = await appOf(pair);
    const answers = await guess(pair, app, {
      guesses: GUESSES,
      addresses: ADDRESSES,
      kinds: ['license'],
    });
    expect(evaluations(pair)).toBe(ADDRESSES * ALLOWED);
    const perAddress = Array.from({ length: ADDRESSES }, (_, address) =>
      tally(answers.filter((__, index) => index % ADDRESSES === address)),
    );
    for (const counts of perAddress) {
      expect(counts).toEqual({ [UNKNOWN.license]: ALLOWED, [LOCKED]: 50 - ALLOWED });
    }
    const failures = DEFAULT_CEILING + 1;
    expect(await alarmsOf(pair, app)).toEqual({
      events: [{ appId: app.id, failures, windowSeconds: 3_600 }],
      records: 1,
    });
  });

  test('S-10 the seller is told again in the next hour, not before', async () => {
    const pair = await pairWith({ KEY_GUESS_ALERT_PER_HOUR: '30' });
    const app = await appOf(pair);
    await guess(pair, app, { guesses: 80, addresses: 4 });
    expect((await alarmsOf(pair, app)).records).toBe(1);
    await pair.database.rows(
      `UPDATE key_guesses SET window_started_at = now() - interval '1 hour' WHERE app_id = $1`,
      [app.id],
    );
    network++;
    await guess(pair, app, { guesses: 80, addresses: 4 });
    const { events, records } = await alarmsOf(pair, app);
    expect([events.length, records]).toEqual([2, 2]);
  });

  test('S-10 keys that exist cost nothing, many at once as well; after 20 unknown ones they wait too', async () => {
    const pair = await pairWith();
    const app = await appOf(pair);
    const { key } = await app.license({ maxDevices: 5 });
    const use = (index: number) =>
      ask(app, pair.urls[index % 2]!, 'license', { licenseKey: key }, addressOf(1));
    const together = await Promise.all(Array.from({ length: 60 }, (_, index) => use(index)));
    expect(tally(together)).toEqual({ '200': 60 });
    const used = { licenseKey: key, username: 'somebody', password: 'securepass123' };
    const taken = await ask(app, pair.urls[0], 'register', used, addressOf(1));
    expect(spell(taken)).toBe(UNKNOWN.register);
    const wrong = (index: number) =>
      ask(app, pair.urls[index % 2]!, 'license', { licenseKey: `NO-${index}` }, addressOf(1));
    for (let index = 0; index < ALLOWED; index++) {
      expect(spell(await wrong(index))).toBe(UNKNOWN.license);
      if (index < ALLOWED - 1) expect((await use(index)).status).toBe(200);
    }
    const before = evaluations(pair);
    expect([spell(await wrong(21)), spell(await use(0)), spell(await use(1))]).toEqual([
      LOCKED,
      LOCKED,
      LOCKED,
    ]);
    expect(evaluations(pair)).toBe(before);
    const elsewhere = await ask(app, pair.urls[0], 'license', { licenseKey: key }, addressOf(2));
    expect(elsewhere.status).toBe(200);
  });

  test('S-10 one application’s guesser is no matter to another, and signs in with a password as before', async () => {
    const pair = await pairWith();
    const [app, other] = [await appOf(pair), await appOf(pair)];
    const { username } = await app.user();
    await guess(pair, app, { guesses: 60, addresses: 1 });
    const { key } = await other.license();
    const used = await ask(other, pair.urls[1], 'license', { licenseKey: key }, addressOf(0));
    const password = 'securepass123';
    const login = await ask(app, pair.urls[1], 'login', { username, password }, addressOf(0));
    expect([used.status, login.status]).toEqual([200, 200]);
  });

  test('S-10 whatever a program’s product would be refused for, unknown keys count and known ones are not told apart', async () => {
    const pair = await pairWith();
    const gateway = await aGateway(await aSeller(pair.urls[0]), { RatelimitEnabled: false });
    const paused = await anApp(gateway.seller, { name: unique('Paused') });
    const product = (await gateway.seller.get(paused.path())).body.data.name as string;
    await gateway.seller.patch(paused.path(), { status: 'PAUSED' });
    const listed = await anApp(gateway.seller, { name: unique('Listed') });
    await gateway.seller.post(listed.path('/blacklist'), { type: 'HWID', value: 'H' });
    const other = (await gateway.seller.get(listed.path())).body.data.name as string;
    const { licensekey } = await gateway.license();
    const tried = (index: number, named: string, key: string, from: number) => {
      const data = gateway.claim(key, { product: named, hwid: 'H' });
      const headers = { authorization: gateway.apiKey, ...addressOf(from) };
      return post(pair.urls[index % 2]!, '/api/license/auth', { data }, headers);
    };
    const PRODUCTS = [product, other, 'Nowhere'];
    for (const [from, named] of PRODUCTS.entries()) {
      const codes: string[] = [];
      for (let index = 0; index < ALLOWED; index++) {
        codes.push((await tried(index, named, `NO-${index}`, from)).body.code as string);
      }
      const told = ['APP_PAUSED', 'HWID_BLACKLISTED', 'KEY_UNKNOWN'][from];
      expect(new Set(codes)).toEqual(new Set([told]));
      const after = [await tried(0, named, 'NO-20', from), await tried(1, named, licensekey, from)];
      expect(after.map(({ status }) => status)).toEqual([429, 429]);
      const { id: appId } = [paused, listed][from] ?? { id: null };
      await until(
        'the refused to be kept with the product that was named',
        async () =>
          (await pair.database.value<number>(
            `SELECT count(*)::int FROM auth_attempts
              WHERE outcome = 'CLIENT_SIGN_IN_LOCKED' AND app_id IS NOT DISTINCT FROM $1`,
            [appId],
          )) === 2,
        5_000,
      );
    }
  });

  test('S-10 keys tried without naming an application: the seller is told, at each of them', async () => {
    const pair = await pairWith({ KEY_GUESS_ALERT_PER_HOUR: '30' });
    const gateway = await aGateway(await aSeller(pair.urls[0]), { RatelimitEnabled: false });
    const second = await anApp(gateway.seller);
    const headers = { authorization: gateway.apiKey };
    for (let index = 0; index < 40; index++) {
      const data = gateway.claim(`NO-${index}`, { product: 'Nowhere' });
      const from = { ...headers, ...addressOf(index % 4) };
      await post(pair.urls[index % 2]!, '/api/license/auth', { data }, from);
    }
    for (const id of [gateway.productId, second.id]) {
      const { events } = await alarmsOf(pair, { id } as TestApp);
      expect(events).toEqual([{ appId: id, failures: 31, windowSeconds: 3_600 }]);
    }
    const records = await pair.database.rows(
      `SELECT app_id, severity FROM audit_records WHERE action = 'client.key-guessing' AND seller_id = $1`,
      [uuidOf(gateway.seller.id)],
    );
    expect(records).toEqual([{ app_id: null, severity: 'critical' }]);
  });

  test('S-10 without a shared store each server holds the limit by itself', async () => {
    const pair = await pairWith({ REDIS_URL: '' });
    const app = await appOf(pair);
    await guess(pair, app, { guesses: TWIN_GUESSES, addresses: 1 });
    for (const server of pair.apps) expect(server.get(KeyGuesses).evaluations).toBe(ALLOWED);
  });

  test('S-10 twin: without the allowance every guess is looked up', async () => {
    const pair = await pairWith();
    const app = await appOf(pair);
    for (const server of pair.apps) {
      jest.spyOn(server.get(RateLimiter), 'reserve').mockResolvedValue({ place: 'for anybody' });
    }
    await guess(pair, app, { guesses: TWIN_GUESSES, addresses: 1 });
    expect(evaluations(pair)).toBe(TWIN_GUESSES);
  });

  test('S-10 twin: an allowance that is read first and charged later lets guesses at once through', async () => {
    const pair = await pairWith();
    const app = await appOf(pair);
    let failed = 0;
    jest.spyOn(KeyGuesses.prototype, 'evaluate').mockImplementation(async function (
      this: KeyGuesses,
      _app,
      _origin,
      lookUp,
      isKnown,
    ) {
      if (failed >= ALLOWED) return refused('CLIENT_SIGN_IN_LOCKED', { retryAfterSeconds: 1 });
      this.evaluations++;
      const found = await lookUp();
      if (!isKnown(found)) failed++;
      return granted(found);
    });
    await guess(pair, app, { guesses: TWIN_GUESSES, addresses: 1 });
    expect(evaluations(pair)).toBeGreaterThan(ALLOWED);
  });

  test('S-10 twin: failures counted by each process for itself tell the seller more than once', async () => {
    const pair = await pairWith({ KEY_GUESS_ALERT_PER_HOUR: '30' });
    const app = await appOf(pair);
    for (const server of pair.apps) {
      let own = 0;
      jest.spyOn(server.get(KeyGuessesRepository), 'count').mockImplementation(async () => ++own);
    }
    await guess(pair, app, { guesses: TWIN_GUESSES, addresses: 20 });
    expect((await alarmsOf(pair, app)).records).toBe(2);
  });
});

describe('S-10 the time a guesser needs', () => {
  const DOCUMENT = readFileSync(join(PROJECT_ROOT, 'docs/security.md'), 'utf8');
  const VALID_KEYS = 1_000_000;
  const PER_DAY = (ALLOWED * 24 * 60) / 10;

  /** Mean years until one of the valid keys is hit, drawing keys of so many random characters. */
  const years = (characters: number, addresses: number) =>
    32 ** characters / (VALID_KEYS + 1) / (PER_DAY * addresses) / 365.25;

  const rows = [
    ...DOCUMENT.matchAll(/^\| (\d+) +\| (\d+) bits +\| ([\d,]+) +\| (\S+) years +\|$/gm),
  ];

  test('S-10 the page shows, for each shape of key, what the formula gives', () => {
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const [line, characters, bits, addresses, shown] of rows) {
      const expected = years(Number(characters), Number(addresses!.replaceAll(',', '')));
      expect([line, Number(bits)]).toEqual([line, Number(characters) * 5]);
      expect([line, Number(shown!.replaceAll(',', ''))]).toEqual([
        line,
        Number(expected.toPrecision(2)),
      ]);
    }
  });

  test('S-10 one of a million keys of the usual shapes is safe for more than 20 years from 200 addresses', () => {
    expect(years(16, 200)).toBeGreaterThan(20);
    expect(years(12, 200)).toBeGreaterThan(20);
  });
});
