import { Client } from 'pg';
import { PasswordHasher } from '../../src/platform/crypto';
import { SignInAttempts } from '../../src/platform/rate-limit';
import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import { until } from '../faults/support/until';
import { ask, hangUp, post } from '../races/lean-http';
import { spell } from '../races/support';
import type { Answer } from '../support/http';
import { openPair, Pair } from '../support/pair';

jest.setTimeout(120_000);

const LIMIT = 6;
const PER_MINUTE = 20;
const LOCKED = ['429 RATE_LIMITED', '429 SIGN_IN_LOCKED'];
const SETTINGS = { LOGIN_MAX_ATTEMPTS: String(LIMIT) };
/** A proxy in front, which says where requests came from. */
const PROXIED = { ...SETTINGS, TRUSTED_PROXIES: '127.0.0.1' };

let open: Pair | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  hangUp();
  await open?.close();
  open = undefined;
});

async function pairWith(settings: Record<string, string>): Promise<Pair> {
  open = await openPair(settings);
  return open;
}

const comparisons = (pair: Pair) =>
  pair.apps.reduce((sum, app) => sum + app.get(PasswordHasher).comparisons, 0);

/** How many passwords were compared while `work` ran. */
async function comparedIn(pair: Pair, work: () => Promise<unknown>): Promise<number> {
  const before = comparisons(pair);
  await work();
  return comparisons(pair) - before;
}

const forwarded = (list: string) => ({ 'x-forwarded-for': list });
const address = (index: number) => `203.0.${100 + (index >> 8)}.${index & 255}`;

/** Sends one password for a name, from an address and a device. */
type Try = (
  url: string,
  password: string,
  from: { readonly ip?: string; readonly hwid?: string },
) => Promise<Answer>;

function userTry(app: TestApp, username: string): Try {
  return (url, password, { ip, hwid }) =>
    ask(app, url, 'login', { username, password, hwid }, ip ? forwarded(ip) : {});
}

function sellerTry(email: string): Try {
  return (url, password, { ip }) =>
    post(url, '/v1/auth/login', { email, password }, ip ? forwarded(ip) : {});
}

function resellerTry({ id: appId, apiKey }: TestApp, username: string): Try {
  return (url, password, { ip }) => {
    const body = { appId, apiKey, username, password };
    return post(url, '/v1/reseller/login', body, ip ? forwarded(ip) : {});
  };
}

type Account = (pair: Pair) => Promise<Try>;

const ACCOUNTS: readonly (readonly [string, Account])[] = [
  [
    'a user',
    async ({ urls }) => {
      const app = await anApp(urls[0]);
      const { username } = await app.user();
      return userTry(app, username);
    },
  ],
  ['a user nobody is', async ({ urls }) => userTry(await anApp(urls[0]), unique('nobody'))],
  ['a seller', async ({ urls }) => sellerTry((await aSeller(urls[0])).email)],
  ['a seller nobody is', async () => sellerTry(`${unique('nobody')}@example.com`)],
  [
    'a reseller',
    async ({ urls }) => {
      const app = await anApp(urls[0]);
      return resellerTry(app, (await app.reseller()).username);
    },
  ],
  ['a reseller nobody is', async ({ urls }) => resellerTry(await anApp(urls[0]), unique('nobody'))],
];

/** Wrong passwords for one account, each from an address and a device of its own. */
function rotating(pair: Pair, attempt: Try, count = 120): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      attempt(pair.urls[index % 2]!, `wrong-${index}`, {
        ip: address(index),
        hwid: `HWID-${index}`,
      }),
    ),
  );
}

/** The budget is chosen otherwise: by a condition that is none of the account's. */
function chooseBudgetBy(condition: 'true' | 'false'): void {
  const original = SignInAttempts.prototype.reserveSql;
  jest.spyOn(SignInAttempts.prototype, 'reserveSql').mockImplementation(function (
    this: SignInAttempts,
    subject,
    bind,
  ) {
    return original.call(this, subject, bind, condition);
  });
}

describe('S-09 one account, many passwords', () => {
  test.each(ACCOUNTS)(
    'S-09 rotating addresses and devices would buy a guesser more tries: %s',
    async (_name, account) => {
      const pair = await pairWith(PROXIED);
      const attempt = await account(pair);
      let answers: Answer[] = [];
      const compared = await comparedIn(pair, async () => {
        answers = await rotating(pair, attempt);
      });
      expect(compared).toBe(LIMIT);
      expect(answers.filter((answer) => LOCKED.includes(spell(answer)))).toHaveLength(120 - LIMIT);
    },
  );

  test.each(ACCOUNTS)(
    'S-09 twin: a budget for every device that shows up: %s',
    async (_name, account) => {
      const pair = await pairWith(PROXIED);
      const attempt = await account(pair);
      chooseBudgetBy('true');
      const compared = await comparedIn(pair, () => rotating(pair, attempt));
      expect(compared).toBeGreaterThan(LIMIT);
    },
  );
});

/** One password for many accounts, from one place. */
async function spray(pair: Pair, from: (index: number) => Record<string, string>): Promise<number> {
  const app = await anApp(pair.urls[0]);
  return comparedIn(pair, async () => {
    for (let index = 0; index < 60; index++) {
      const username = unique('victim');
      await ask(app, pair.urls[0], 'login', { username, password: 'Summer2025!' }, from(index));
    }
  });
}

describe('S-09 many accounts, one password', () => {
  const NARROW = { RATE_LIMIT_SIGN_IN_PER_MINUTE: String(PER_MINUTE) };

  test('S-09 an address would try one password on every account; forged headers do not help', async () => {
    const pair = await pairWith({ ...SETTINGS, ...NARROW });
    expect(await spray(pair, (index) => forwarded(address(index)))).toBe(PER_MINUTE);
  });

  test('S-09 behind a trusted proxy, what the client itself wrote into the header is ignored', async () => {
    const pair = await pairWith({ ...PROXIED, ...NARROW });
    const forged = (index: number) => forwarded(`${address(index)}, 198.51.100.9`);
    expect(await spray(pair, forged)).toBe(PER_MINUTE);
  });

  test('S-09 an address’s tries on sellers are bounded the same way', async () => {
    const pair = await pairWith({ ...SETTINGS, ...NARROW });
    const compared = await comparedIn(pair, async () => {
      for (let index = 0; index < 60; index++) {
        const body = { email: `${unique('victim')}@example.com`, password: 'Summer2025!' };
        await post(pair.urls[0], '/v1/auth/login', body, forwarded(address(index)));
      }
    });
    expect(compared).toBe(PER_MINUTE);
  });

  test('S-09 twin: whoever connects is believed, and rotates the header', async () => {
    const pair = await pairWith({ ...SETTINGS, ...NARROW, TRUSTED_PROXIES: '0.0.0.0/1' });
    expect(await spray(pair, (index) => forwarded(address(index)))).toBe(60);
  });

  test('S-09 twin: without the limit of an address every account is tried', async () => {
    const pair = await pairWith({ ...SETTINGS, RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000000' });
    expect(await spray(pair, () => ({}))).toBe(60);
  });
});

interface Owner {
  readonly attempt: Try;
  /** Where the owner is known. */
  readonly home: { readonly ip: string; readonly hwid: string };
}

const HOME = { ip: '198.51.100.7', hwid: 'HWID-OF-THE-OWNER' };
const ELSEWHERE = { ip: '198.51.100.8', hwid: 'HWID-OF-A-FRIEND' };

const OWNERS: readonly (readonly [string, (pair: Pair) => Promise<Owner>])[] = [
  [
    'a user, by HWID',
    async ({ urls }) => {
      const app = await anApp(urls[0]);
      const { username } = await app.user({ hwid: HOME.hwid, terms: { maxDevices: 5 } });
      return { attempt: userTry(app, username), home: HOME };
    },
  ],
  [
    'a seller, by address',
    async ({ urls }) => {
      const { email } = await aSeller(urls[0]);
      return { attempt: sellerTry(email), home: HOME };
    },
  ],
  [
    'a reseller, by address',
    async ({ urls }) => {
      const app = await anApp(urls[0]);
      const { username } = await app.reseller();
      return { attempt: resellerTry(app, username), home: HOME };
    },
  ],
];

/** An owner who signed in from home once, and whose name a guesser then locked. */
async function lockedOut(pair: Pair, owner: (pair: Pair) => Promise<Owner>): Promise<Owner> {
  const made = await owner(pair);
  const first = await made.attempt(pair.urls[0], PASSWORD, made.home);
  expect(first.status).toBe(200);
  await rotating(pair, made.attempt, 40);
  const elsewhere = await made.attempt(pair.urls[1], PASSWORD, ELSEWHERE);
  expect(LOCKED).toContain(spell(elsewhere));
  return made;
}

describe('S-09 a guesser and the owner of the account', () => {
  test.each(OWNERS)(
    'S-09 a guesser would lock the owner out of their own device: %s',
    async (_name, owner) => {
      const pair = await pairWith(PROXIED);
      const { attempt, home } = await lockedOut(pair, owner);
      for (const url of pair.urls) expect((await attempt(url, PASSWORD, home)).status).toBe(200);
      const more = await comparedIn(pair, () => rotating(pair, attempt, 20));
      expect(more).toBe(0);
    },
  );

  test.each(OWNERS)(
    'S-09 a guesser at the known device has no more tries than anywhere: %s',
    async (_name, owner) => {
      const pair = await pairWith(PROXIED);
      const { attempt, home } = await lockedOut(pair, owner);
      const compared = await comparedIn(pair, () =>
        Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            attempt(pair.urls[index % 2]!, `wrong-at-home-${index}`, home),
          ),
        ),
      );
      expect(compared).toBe(LIMIT);
      expect(LOCKED).toContain(spell(await attempt(pair.urls[0], PASSWORD, home)));
    },
  );

  test.each([
    [...OWNERS[1]!, 'seller_sessions', 'created_at'],
    [...OWNERS[2]!, 'resellers', 'last_login_at'],
  ])('S-09 an address is known for thirty days: %s', async (_name, owner, table, column) => {
    const pair = await pairWith(PROXIED);
    const { attempt, home } = await lockedOut(pair, owner);
    await pair.database.rows(
      `UPDATE ${table} SET ${column} = ${column} - interval '30 days 1 minute'`,
    );
    expect(LOCKED).toContain(spell(await attempt(pair.urls[0], PASSWORD, home)));
  });

  test('S-09 the known device is that of the last login; one that shows no HWID changes nothing', async () => {
    const pair = await pairWith(PROXIED);
    const { attempt, home } = await OWNERS[0]![1](pair);
    for (const hwid of [home.hwid, 'HWID-NEW', undefined]) {
      await attempt(pair.urls[0], PASSWORD, { hwid });
    }
    expect(await pair.database.value<string>('SELECT last_hwid FROM app_users')).toBe('HWID-NEW');
  });

  test.each(OWNERS)(
    'S-09 twin: one budget for all locks the owner out: %s',
    async (_name, owner) => {
      chooseBudgetBy('false');
      const pair = await pairWith(PROXIED);
      const { attempt, home } = await lockedOut(pair, owner);
      expect(LOCKED).toContain(spell(await attempt(pair.urls[0], PASSWORD, home)));
    },
  );
});

/** As the migration's, but whoever is refused waits anew. */
const PROLONGED = `
  CREATE OR REPLACE FUNCTION reserve_attempt(
    p_scope text, p_subject bytea, p_max integer, p_lock_seconds integer,
    OUT allowed boolean, OUT attempts integer, OUT retry_after integer
  ) LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO sign_in_attempts AS a VALUES (p_scope, p_subject, 1, clock_timestamp())
    ON CONFLICT (scope, subject) DO UPDATE SET last_at = clock_timestamp(), attempts =
      CASE WHEN a.last_at <= clock_timestamp() - make_interval(secs => p_lock_seconds) THEN 1
           ELSE a.attempts + 1 END
    RETURNING a.attempts INTO attempts;
    allowed := attempts <= p_max;
    retry_after := p_lock_seconds;
  END $$`;

describe('S-09 the end of a lock', () => {
  /** Locks a name, then asks with the right password again and again until it is let in. */
  async function waitOut(pair: Pair, account: Account, patienceMs: number): Promise<number> {
    const attempt = await account(pair);
    await rotating(pair, attempt, 20);
    const refused = await attempt(pair.urls[0], PASSWORD, ELSEWHERE);
    expect(LOCKED).toContain(spell(refused));
    expect(refused.headers.get('retry-after')).toMatch(/^[12]$/);
    const letIn = async () => (await attempt(pair.urls[1], PASSWORD, ELSEWHERE)).status === 200;
    return until('the lock to end', letIn, patienceMs);
  }
  const SHORT = { ...PROXIED, LOGIN_LOCK_SECONDS: '2' };

  test.each([ACCOUNTS[0]!, ACCOUNTS[2]!])(
    'S-09 a lock would last for ever, or as long as somebody asks: %s',
    async (_name, account) => {
      const pair = await pairWith(SHORT);
      expect(await waitOut(pair, account, 10_000)).toBeGreaterThan(0);
    },
  );

  test('S-09 twin: a refused try that prolongs the lock locks for as long as somebody asks', async () => {
    const pair = await pairWith(SHORT);
    await pair.database.rows(PROLONGED);
    await expect(waitOut(pair, ACCOUNTS[0]![1], 5_000)).rejects.toThrow('in vain');
  });
});

describe('S-09 names that nobody has', () => {
  test('S-09 whether a name exists would show in the bytes or in the statements', async () => {
    const pair = await pairWith(PROXIED);
    const statements: string[] = [];
    const original = Client.prototype.query as (...args: unknown[]) => unknown;
    jest
      .spyOn(Client.prototype as { query: unknown }, 'query' as never)
      .mockImplementation(function (this: Client, ...args: unknown[]) {
        const [first] = args;
        const text = typeof first === 'string' ? first : (first as { text: string }).text;
        if (text.includes('reserve_attempt')) statements.push(text);
        return original.apply(this, args);
      } as never);
    const seen = async (account: Account) => {
      const attempt = await account(pair);
      statements.length = 0;
      const answers: unknown[] = [];
      for (let index = 0; index < LIMIT + 2; index++) {
        const { status, body } = await attempt(pair.urls[0], 'wrong', HOME);
        answers.push({ status, body: { ...body, requestId: null } });
      }
      return { answers, statements: [...statements] };
    };
    const accounts = ACCOUNTS.map(([, account]) => account);
    for (let index = 0; index < accounts.length; index += 2) {
      const known = await seen(accounts[index]!);
      expect(known.statements).toHaveLength(LIMIT + 2);
      expect(await seen(accounts[index + 1]!)).toEqual(known);
    }
  });
});
