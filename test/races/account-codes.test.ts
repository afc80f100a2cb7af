import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { aSeller, PASSWORD, TestSeller } from '../factories';
import { totpCode, withTotp } from '../factories/account';
import type { Answer } from '../support/http';
import { post } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  granted,
  openArena,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/** P tier: 20 trials of twenty rivals for each kind of code; twins 10. */
const TRIALS = 20;
const TWIN_TRIALS = twinTrials(10);
const RIVALS = 20;

interface Code {
  readonly what: string;
  /** Makes a code that is good once and gives what tries it. */
  readonly make: (arena: Arena, seller: TestSeller) => Promise<(url: string) => Promise<Answer>>;
  readonly action: string;
  /** Answers that are as good as a refusal. */
  readonly refusals: readonly string[];
  readonly guard: string;
}

const signIn = (seller: TestSeller, url: string, totp: string) =>
  post(url, '/v1/auth/login', { email: seller.email, password: PASSWORD, totp });

const CODES: readonly Code[] = [
  {
    what: 'a code of the app',
    make: async (_, seller) => {
      const { secret } = await withTotp(seller);
      const code = totpCode(secret);
      return (url) => signIn(seller, url, code);
    },
    action: 'seller.login',
    refusals: ['401 TOTP_INVALID'],
    guard: 'codes-again',
  },
  {
    what: 'a recovery code',
    make: async (_, seller) => {
      const [code] = (await withTotp(seller)).recoveryCodes;
      return (url) => signIn(seller, url, code!);
    },
    action: 'seller.login',
    refusals: ['401 TOTP_INVALID'],
    guard: 'codes-again',
  },
  {
    what: 'the token of a reset mail',
    make: async (arena, seller) => {
      const token = randomBytes(32).toString('base64url');
      await arena.database.rows(
        `INSERT INTO password_reset_tokens (id, seller_id, token_hash, expires_at)
         SELECT $1, id, $2, now() + interval '1 h' FROM sellers WHERE email = $3`,
        [randomUUID(), createHash('sha256').update(token).digest(), seller.email],
      );
      return (url) => post(url, '/v1/auth/reset-password', { token, newPassword: PASSWORD });
    },
    action: 'seller.reset-password',
    refusals: ['400 INVALID_RESET_TOKEN'],
    guard: 'reset-again',
  },
];

/** Twenty at once with one code. */
async function rush(arena: Arena, code: Code, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const seller = await aSeller(arena.urls[0]);
    const use = await code.make(arena, seller);
    const answers = await volley(arena.urls, RIVALS, use);
    const records = await arena.database.value<number>(
      `SELECT count(*)::int FROM audit_records
        WHERE seller_id = $1::uuid AND action = $2 AND outcome = 'granted'`,
      [seller.id.slice('seller_'.length), code.action],
    );
    const winners = granted(answers).length;
    outcomes.push([
      ...unless(winners === 1, `${winners} uses of one code`),
      ...unless(records === 1, `${records} uses on record`),
      ...unexpected(answers, ['200', ...code.refusals]),
    ]);
  }
  return outcomes;
}

describe('R-10 what is good once', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test.each(CODES)('R-10 whoever sees it could use it as well: $what', async (code) => {
    expectHeld(`R-10 ${code.what}`, await rush(arena, code, trials(TRIALS)));
  });

  test.each(CODES)('R-10 twin: looked up and not spent, many get in: $what', async (code) => {
    await withArena({ without: code.guard }, async (unguarded) => {
      await expectRaceBroken(`R-10 ${code.what}`, TWIN_TRIALS, (count) =>
        rush(unguarded, code, count),
      );
    });
  });
});
