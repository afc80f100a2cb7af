import type { TestApp } from '../factories';
import { PASSWORD } from '../factories';
import type { Answer } from '../support/http';
import { ask } from './lean-http';
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

/** P tier: 200 trials for each number of rivals; the twin gets 10. */
const TRIALS = 200;
const TWIN_TRIALS = twinTrials(10);

interface Trial {
  readonly licenseId: string;
  readonly prefix: string;
  readonly answers: readonly Answer[];
}

/** In each trial `rivals` people register with one unused key at once. */
async function race(arena: Arena, rivals: number, count: number): Promise<Violations[]> {
  const app = await freshApp(arena);
  const done: Trial[] = [];
  for (const [index, license] of (await manyLicenses(app, count)).entries()) {
    const prefix = `t${index}-`;
    const answers = await volley(arena.urls, rivals, (url, rival) => {
      const fields = { username: `${prefix}${rival}`, password: PASSWORD, licenseKey: license.key };
      return ask(app, url, 'register', fields);
    });
    done.push({ licenseId: license.id, prefix, answers });
  }
  return check(arena, app, done);
}

interface Stored {
  readonly trial: string;
  readonly count: number;
}

/** What the database says about the trials, beside what the rivals were told. */
async function check(arena: Arena, app: TestApp, done: readonly Trial[]): Promise<Violations[]> {
  const count = async (sql: string) => {
    const rows = await arena.database.rows<Stored>(sql, [app.id]);
    return new Map(rows.map((row) => [row.trial, row.count]));
  };
  const named = (column: string) => `split_part(${column}, '-', 1) || '-' AS trial`;
  const users = await count(
    `SELECT ${named('username')}, count(*)::int FROM app_users WHERE app_id = $1 GROUP BY 1`,
  );
  const records = await count(
    `SELECT ${named("details->>'username'")}, count(*)::int FROM audit_records
      WHERE app_id = $1 AND action = 'client.register' AND outcome = 'granted' GROUP BY 1`,
  );
  const registrations = await count(
    `SELECT ${named("data->>'username'")}, count(DISTINCT id)::int FROM outbox_events
      WHERE app_id = $1 AND type = 'user.register' GROUP BY 1`,
  );
  const activations = await count(
    `SELECT 'lic_' || replace(data->>'licenseId', '-', '') AS trial, count(DISTINCT id)::int
       FROM outbox_events WHERE app_id = $1 AND type = 'license.activate' GROUP BY 1`,
  );
  const activated = await count(
    `SELECT 'lic_' || replace(id::text, '-', '') AS trial, count(*)::int FROM licenses
      WHERE app_id = $1 AND activated_at IS NOT NULL GROUP BY 1`,
  );
  return done.map(({ licenseId, prefix, answers }) => [
    ...exactlyOne('successes', granted(answers).length),
    ...exactlyOne('users', users.get(prefix)),
    ...exactlyOne('audit records', records.get(prefix)),
    ...exactlyOne('user.register events', registrations.get(prefix)),
    ...exactlyOne('license.activate events', activations.get(licenseId)),
    ...unless(activated.get(licenseId) === 1, 'the licence is not activated'),
    ...unexpected(answers, ['200', '400 LICENSE_KEY_UNUSABLE']),
  ]);
}

function exactlyOne(what: string, count = 0): string[] {
  return unless(count === 1, `${count} ${what} instead of one`);
}

describe('R-01 one unused key, many people who register with it at once', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test.each([2, 10, 50])(
    'R-01 a seller who sold one key to %i people would otherwise serve more than one',
    async (rivals) => {
      expectHeld(`R-01 k=${rivals}`, await race(arena, rivals, trials(TRIALS)));
    },
  );

  test('R-01 twin: without turns on the licence one key makes several users', async () => {
    await withArena({ without: 'license-turns' }, async (unguarded) => {
      // The last line of defence behind the lock: one user for one licence.
      await unguarded.database.rows('DROP INDEX app_users_license');
      for (const rivals of [2, 10, 50]) {
        await expectRaceBroken(`R-01 k=${rivals}`, TWIN_TRIALS, (count) =>
          race(unguarded, rivals, count),
        );
      }
    });
  });
});
