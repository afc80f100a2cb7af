import { PASSWORD, TestApp, unique } from '../factories';
import { Answer, http } from '../support/http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  granted,
  manyLicenses,
  openArena,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/** P tier: 40 trials for each kind of account, eight spellings and two repeats each; twins 10. */
const TRIALS = 40;
const TWIN_TRIALS = twinTrials(10);

const ZERO_WIDTH_SPACE = '\u200b';
const ZERO_WIDTH_JOINER = '\u200d';
const SOFT_HYPHEN = '\u00ad';

/** ASCII letters and digits as their full-width twins. */
function fullWidth(text: string): string {
  return text.replace(/[a-z0-9]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
}

/** One name as ten people type it. */
function spellings(name: string): string[] {
  const nfc = name.normalize('NFC');
  return [
    nfc,
    nfc,
    nfc.normalize('NFD'),
    nfc.toUpperCase(),
    nfc.toUpperCase().normalize('NFD'),
    fullWidth(nfc),
    fullWidth(nfc.toUpperCase()),
    `${nfc[0]}${ZERO_WIDTH_SPACE}${nfc.slice(1)}`,
    `${nfc}${ZERO_WIDTH_JOINER}`,
    `${nfc.slice(0, 2)}${SOFT_HYPHEN}${nfc.slice(2)}`,
  ];
}

/** Ten sellers register with one address at once. */
async function sameAddress(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const domain = `${unique('d')}.example.com`;
    const local = spellings('zoë.müller');
    const answers = await volley(arena.urls, local.length, (url, index) =>
      http(url).post('/v1/auth/register', {
        email: `${local[index]}@${index % 2 ? domain.toUpperCase() : domain}`,
        password: PASSWORD,
        name: `Rival ${index}`,
      }),
    );
    const accounts = await arena.database.value<number>(
      'SELECT count(*)::int FROM sellers WHERE lower(email) LIKE $1',
      [`%@${domain}`],
    );
    const records = await arena.database.value<number>(
      `SELECT count(*)::int FROM audit_records a JOIN sellers s ON s.id = a.seller_id
        WHERE lower(s.email) LIKE $1 AND a.action = 'seller.register'`,
      [`%@${domain}`],
    );
    outcomes.push([
      ...unless(accounts === 1, `${accounts} accounts for one address`),
      ...unless(records === 1, `${records} audit records`),
      ...oneWinner(answers, '409 EMAIL_TAKEN'),
    ]);
  }
  return outcomes;
}

/** Ten people take one user name at once, eight with a key of their own, two made by the seller. */
async function sameName(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const app = await freshApp(arena);
    const names = spellings('zoë.müller');
    const keys = await manyLicenses(app, names.length);
    const answers = await volley(arena.urls, names.length, (url, index) =>
      takeName(app.at(url), names[index]!, keys[index]!.key, index >= 8),
    );
    outcomes.push([...(await checkName(arena, app)), ...oneWinner(answers, '409 USERNAME_TAKEN')]);
  }
  return outcomes;
}

function takeName(app: TestApp, username: string, licenseKey: string, bySeller: boolean) {
  const account = { username, password: PASSWORD };
  if (!bySeller) return app.call('register', { ...account, licenseKey });
  return app.seller.post(app.path('/users'), account);
}

/** One user, and no key spent by those who came too late. */
async function checkName(arena: Arena, app: TestApp): Promise<string[]> {
  const [row] = await arena.database.rows<Record<'users' | 'used' | 'records', number>>(
    `SELECT (SELECT count(*)::int FROM app_users WHERE app_id = $1) AS users,
            (SELECT count(*)::int FROM licenses
              WHERE app_id = $1 AND activated_at IS NOT NULL) AS used,
            (SELECT count(*)::int FROM audit_records
              WHERE app_id = $1 AND action IN ('client.register', 'user.create')
                AND outcome = 'granted') AS records`,
    [app.id],
  );
  return [
    ...unless(row!.users === 1, `${row!.users} users of one name`),
    ...unless(row!.used === 1, `${row!.used} licences in use for one user`),
    ...unless(row!.records === 1, `${row!.records} audit records`),
  ];
}

function oneWinner(answers: readonly Answer[], loser: string): string[] {
  return [
    ...unless(granted(answers).length === 1, `${granted(answers).length} winners`),
    ...unexpected(answers, ['200', '201', loser]),
  ];
}

describe('R-06 one name in ten spellings at one moment', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-06 a seller could be impersonated by a second account that reads like theirs', async () => {
    expectHeld('R-06 e-mail', await sameAddress(arena, trials(TRIALS)));
  });

  test('R-06 a user could be impersonated by a second one, and a late key would be spent', async () => {
    expectHeld('R-06 user name', await sameName(arena, trials(TRIALS)));
  });

  test('R-06 twin: without the unique indexes one name makes several accounts', async () => {
    await withArena({}, async (unguarded) => {
      await unguarded.database.rows('DROP INDEX sellers_email');
      await unguarded.database.rows('DROP INDEX app_users_name');
      await expectRaceBroken('R-06 e-mail', TWIN_TRIALS, (count) => sameAddress(unguarded, count));
      await expectRaceBroken('R-06 user name', TWIN_TRIALS, (count) => sameName(unguarded, count));
    });
  });
});
