import { TestApp } from '../factories';
import type { Answer } from '../support/http';
import { ask } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
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

/** P tier; the twins get 5. */
const TRIALS = 20;
const TWIN_TRIALS = twinTrials(5);
const RIVALS = 20;
const LIMIT = 200;
const ROOM = 5;

interface Fixture {
  readonly app: TestApp;
  readonly sessionToken: string;
}

async function aUser(arena: Arena): Promise<Fixture> {
  const app = await freshApp(arena);
  return { app, sessionToken: await app.login((await app.user()).username) };
}

const set = ({ app, sessionToken }: Fixture, url: string, key: string, value: string) =>
  ask(app, url, 'setvar', { sessionToken, key, value });

function values(arena: Arena, { app }: Fixture, key: string): Promise<{ value: string }[]> {
  return arena.database.rows<{ value: string }>(
    'SELECT value FROM client_variables WHERE app_id = $1 AND key = $2',
    [app.id, key],
  );
}

/** In each trial a user sets one new variable twenty times at once. */
async function oneName(arena: Arena, count: number): Promise<Violations[]> {
  const user = await aUser(arena);
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const key = `key${trial}`;
    const answers = await volley(arena.urls, RIVALS, (url, index) =>
      set(user, url, key, String(index)),
    );
    const rows = await values(arena, user, key);
    outcomes.push([
      ...unexpected(answers, ['200']),
      ...unless(rows.length === 1, `${rows.length} rows of one variable`),
    ]);
  }
  return outcomes;
}

/** In each trial a user with room for five more variables sets twenty new ones at once. */
async function lastRoom(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  const user = await aUser(arena);
  await set(user, arena.urls[0], 'first', '');
  for (let trial = 0; trial < count; trial++) {
    await arena.database.rows("DELETE FROM client_variables WHERE app_id = $1 AND key <> 'first'", [
      user.app.id,
    ]);
    await arena.database.rows(
      `INSERT INTO client_variables (id, app_id, user_id, key, value)
       SELECT gen_random_uuid(), app_id, user_id, 'k' || n, ''
         FROM client_variables, generate_series(2, $2) n WHERE app_id = $1 AND key = 'first'`,
      [user.app.id, LIMIT - ROOM],
    );
    const answers = await volley(arena.urls, RIVALS, (url, index) =>
      set(user, url, `new${index}`, ''),
    );
    const total = await arena.database.value<number>(
      'SELECT count(*)::int FROM client_variables WHERE app_id = $1',
      [user.app.id],
    );
    outcomes.push([
      ...unexpected(answers, ['200', '403 VARIABLE_LIMIT']),
      ...unless(granted(answers).length === ROOM, `${granted(answers).length} set`),
      ...unless(total === LIMIT, `${total} variables`),
    ]);
  }
  return outcomes;
}

/**
 * In each trial the seller reserves a name while ten clients set it over and over, so that sets are on their way when the
 * reservation is acknowledged.
 */
async function reservation(arena: Arena, count: number): Promise<Violations[]> {
  const user = await aUser(arena);
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const key = `key${trial}`;
    let acknowledged = false;
    let underWay = () => {};
    const begun = new Promise<void>((resolve) => (underWay = resolve));
    const reserve = async () => {
      const { app } = user;
      const body = { key, value: '', readOnly: true };
      const answer = await app.at(arena.urls[trial % 2]!).seller.post(app.path('/variables'), body);
      const seen = await values(arena, user, key);
      acknowledged = true;
      return { answer, seen };
    };
    const keepSetting = async (url: string, index: number) => {
      const answers: Answer[] = [];
      do {
        answers.push(await set(user, url, key, `${index}.${answers.length}`));
        underWay();
      } while (!acknowledged);
      return answers;
    };
    const sets = volley(arena.urls, RIVALS / 2, keepSetting);
    await begun;
    const { answer, seen } = await reserve();
    const answers = (await sets).flat();
    const late = await set(user, arena.urls[0], key, 'late');
    const left = await values(arena, user, key);
    outcomes.push([
      ...unexpected([answer], ['201']),
      ...unexpected(answers, ['200', '403 VARIABLE_READ_ONLY']),
      ...unexpected([late], ['403 VARIABLE_READ_ONLY']),
      ...unless(
        JSON.stringify(seen) === JSON.stringify(left),
        'a reserved name was written after the reservation was acknowledged',
      ),
    ]);
  }
  return outcomes;
}

describe('R-18 variables', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-18 a variable that is set twenty times at once is one row', async () => {
    expectHeld('R-18 one variable', await oneName(arena, trials(TRIALS)));
  });

  test('R-18 a user never has more variables than one may have', async () => {
    expectHeld('R-18 variable limit', await lastRoom(arena, trials(TRIALS)));
  });

  test('D-A14 from the acknowledged reservation on no client writes under the name', async () => {
    expectHeld('D-A14 reservation', await reservation(arena, trials(TRIALS)));
  });

  test('R-18 twin: looked up first and inserted then, a variable becomes several rows', async () => {
    await withArena({ without: 'plain-insert' }, async (unguarded) => {
      await unguarded.database.rows('DROP INDEX client_variables_of_user');
      await expectRaceBroken('R-18 one variable', TWIN_TRIALS, (count) =>
        oneName(unguarded, count),
      );
    });
  });

  test('R-18, D-A14 twin: without turns the limit is passed, and reserved names are written', async () => {
    await withArena({ without: 'variable-turns' }, async (unguarded) => {
      await expectRaceBroken('R-18 variable limit', TWIN_TRIALS, (count) =>
        lastRoom(unguarded, count),
      );
      await expectRaceBroken('D-A14 reservation', TWIN_TRIALS, (count) =>
        reservation(unguarded, count),
      );
    });
  });
});
