import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeApp, createApp } from '../../src/bootstrap/create-app';
import { parseConfig } from '../../src/config';
import { PasswordHasher } from '../../src/platform/crypto';
import { createLogger } from '../../src/platform/logging';
import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import type { Answer } from '../support/http';
import { testSettings } from '../support/settings';
import { ask, hangUp, post } from './lean-http';
import {
  expectRaceBroken,
  expectHeld,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
} from './support';

/** P tier: 2 trials of 1,000 guesses for each kind of account; twins 5 of 60 guesses each. */
const TRIALS = 2;
const GUESSES = 1_000;
const TWIN_TRIALS = twinTrials(5);
const TWIN_GUESSES = 60;
const LIMIT = 6;

/** Two servers on one database, in this process: only so can their hashers be asked. */
interface Pair {
  readonly apps: readonly NestFastifyApplication[];
  readonly urls: readonly string[];
  readonly database: TestDatabase;
  comparisons(): number;
  close(): Promise<void>;
}

async function openPair(): Promise<Pair> {
  const database = await freshDatabase();
  const config = parseConfig({ ...testSettings, LOGIN_MAX_ATTEMPTS: String(LIMIT) });
  const secrets = { masterKey: config.MASTER_KEY!, jwtSecret: config.JWT_SECRET! };
  const logger = createLogger(config, { write: () => undefined });
  const open = async () => {
    const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
    await app.listen(0, '127.0.0.1');
    return app;
  };
  const apps = [await open(), await open()];
  return {
    apps,
    urls: await Promise.all(apps.map((app) => app.getUrl())),
    database,
    comparisons: () => apps.reduce((sum, app) => sum + app.get(PasswordHasher).comparisons, 0),
    close: async () => {
      hangUp();
      await Promise.all(apps.map(closeApp));
      await database.close();
    },
  };
}

/** Sends one guess at an account. */
type Guess = (url: string, password: string) => Promise<Answer>;
/** An account to guess at. */
type Target = (app: TestApp) => Promise<Guess>;

const TARGETS: readonly (readonly [string, Target])[] = [
  [
    'a user',
    async (app) => {
      const { username } = await app.user();
      return (url, password) => ask(app, url, 'login', { username, password });
    },
  ],
  [
    'an unknown user name',
    async (app) => {
      const username = unique('nobody');
      return (url, password) => ask(app, url, 'login', { username, password });
    },
  ],
  [
    'a seller',
    async (app) => {
      const { email } = await aSeller(app.seller.url);
      return (url, password) => post(url, '/v1/auth/login', { email, password });
    },
  ],
  [
    'an unknown seller address',
    async () => {
      const email = `${unique('nobody')}@example.com`;
      return (url, password) => post(url, '/v1/auth/login', { email, password });
    },
  ],
];

const WRONG = '401 INVALID_CREDENTIALS';
const LOCKED = ['429 RATE_LIMITED', '429 SIGN_IN_LOCKED'];

/** Guesses at one account at once, all different, and the right password at the end. */
async function guessing(
  pair: Pair,
  target: Target,
  count: number,
  guesses: number,
): Promise<Violations[]> {
  const app = await anApp(pair.urls[0]!);
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const guess = await target(app);
    await pair.database.rows('DELETE FROM sign_in_attempts');
    const before = pair.comparisons();
    const answers = await volley(pair.urls, guesses, (url, index) => guess(url, `wrong-${index}`));
    const compared = pair.comparisons() - before;
    const counted = await pair.database.rows<{ attempts: number }>(
      'SELECT attempts FROM sign_in_attempts',
    );
    const last = await guess(pair.urls[trial % 2]!, PASSWORD);
    outcomes.push([
      ...unless(compared <= LIMIT, `${compared} passwords were compared, ${LIMIT} are allowed`),
      ...unless(compared > 0, 'no password was compared'),
      ...unless(counted.length === 1, `${counted.length} accounts were counted`),
      ...unless(counted[0]?.attempts === LIMIT, `${counted[0]?.attempts} attempts on record`),
      ...unexpected(answers, [WRONG, ...LOCKED]),
      ...unexpected([last], LOCKED),
      ...unless(pair.comparisons() - before === compared, 'a locked account was compared'),
    ]);
  }
  return outcomes;
}

/** The same decision as the migration's, but read first and written later. */
const READ_THINK_WRITE = `
  CREATE OR REPLACE FUNCTION reserve_attempt(
    p_scope text, p_subject bytea, p_max integer, p_lock_seconds integer,
    OUT allowed boolean, OUT attempts integer, OUT retry_after integer
  ) LANGUAGE plpgsql AS $$
  BEGIN
    SELECT coalesce((SELECT a.attempts FROM sign_in_attempts a
                      WHERE a.scope = p_scope AND a.subject = p_subject), 0) INTO attempts;
    allowed := attempts < p_max;
    retry_after := p_lock_seconds;
    IF allowed THEN
      PERFORM pg_sleep(0.02);
      attempts := attempts + 1;
      INSERT INTO sign_in_attempts VALUES (p_scope, p_subject, attempts, clock_timestamp())
      ON CONFLICT (scope, subject) DO UPDATE SET attempts = excluded.attempts;
    END IF;
  END $$`;

describe('R-13 many wrong passwords for one account at once', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await openPair();
  });
  afterAll(() => pair.close());

  test.each(TARGETS)(
    'R-13 a guesser would try more passwords than allowed, and load the server: %s',
    async (name, target) => {
      expectHeld(`R-13 ${name}`, await guessing(pair, target, trials(TRIALS), GUESSES));
    },
  );

  test('R-13 twin: attempts counted by reading first let too many through', async () => {
    const unguarded = await openPair();
    try {
      await unguarded.database.rows(READ_THINK_WRITE);
      for (const [name, target] of TARGETS) {
        await expectRaceBroken(`R-13 ${name}`, TWIN_TRIALS, (count) =>
          guessing(unguarded, target, count, TWIN_GUESSES),
        );
      }
    } finally {
      await unguarded.close();
    }
  });
});
