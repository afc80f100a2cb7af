import { aSeller } from '../factories';
import { Contract } from '../security/contract';
import { aWorld, goodRequest, requests, World } from '../security/support';
import type { TestDatabase } from '../support/database';
import { Answer, send } from '../support/http';
import { startTestServer } from '../support/server';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  openArena,
  trials,
  twinTrials,
  unexpected,
  Violations,
  withArena,
} from './support';

/** P tier: 20 trials, every creating request of the document three times each; twin 10. */
const TRIALS = 20;
const TWIN_TRIALS = twinTrials(10);
const REPEATS = 3;

/**
 * What outlives an application on purpose: the record, events on their way, the book of credits.
 * None of it is read through the application.
 */
const HISTORIES = ['audit_records', 'outbox_events', 'event_sequences', 'reseller_ledger'];
/** Sums of changes: what is left of an application must add up to nothing. */
const SUMS = 'app_counts';
const OWNERS: Readonly<Record<string, string>> = {
  app_id: 'apps',
  user_id: 'app_users',
  owner_user_id: 'app_users',
  license_id: 'licenses',
  reseller_id: 'resellers',
};

interface Shot {
  readonly name: string;
  readonly client: boolean;
  readonly fire: (url: string) => Promise<Answer>;
}

/** Everything the document offers that makes something in an application, or signs in to it. */
function creating(contract: Contract) {
  return requests(contract).filter(({ route, schema }) => {
    if (route.credential === 'app-client' || route.path === '/v1') return true;
    const inApp = route.params.includes('appId') || schema?.properties?.['appId'] !== undefined;
    return inApp && route.method === 'POST' && route.operation.responses['201'] !== undefined;
  });
}

async function shots(contract: Contract, world: World): Promise<Shot[]> {
  const asked = creating(contract);
  const keys = await world.app.licenses({ count: asked.length });
  return Promise.all(
    asked.map(async (request, index): Promise<Shot> => {
      const { route, name } = request;
      // A key of its own, so that two requests do not spend the same one.
      const own = { ...world, ids: { ...world.ids, key: keys[index]!.key } };
      const { path, body, token, headers } = await goodRequest(contract, request, own);
      const options = { headers, ...(token ? { token } : {}) };
      const client = route.credential === 'app-client' || route.path === '/v1';
      return { name, client, fire: (url) => send(url, route.method, path, body, options) };
    }),
  );
}

/** Rows that hang on something that does not exist any more, by table and column. */
async function orphans(database: TestDatabase): Promise<string[]> {
  const columns = await database.rows<{ table: string; column: string }>(
    `SELECT c.table_name AS table, c.column_name AS column
       FROM information_schema.columns c
       JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = ANY($1)
      ORDER BY 1, 2`,
    [Object.keys(OWNERS)],
  );
  expect(columns.length).toBeGreaterThan(8);
  const counts = columns
    .filter(({ table }) => table !== SUMS && !HISTORIES.includes(table))
    .map(
      ({ table, column }) =>
        `SELECT '${table}.${column}' AS place, count(*)::int AS orphans FROM "${table}" x
          WHERE x."${column}" IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM ${OWNERS[column]} o WHERE o.id = x."${column}")`,
    );
  const sums = `SELECT '${SUMS}' AS place, count(*)::int AS orphans
      FROM (SELECT 1 FROM ${SUMS} x WHERE NOT EXISTS (SELECT 1 FROM apps WHERE id = x.app_id)
             GROUP BY app_id, thing HAVING sum(change) <> 0) wrong`;
  const rows = await database.rows<{ place: string; orphans: number }>(
    [...counts, sums].join(' UNION ALL '),
  );
  return rows.filter((row) => row.orphans > 0).map((row) => `${row.place}: ${row.orphans} orphans`);
}

/**
 * What an application that is no more looks like to its clients: its key, its keys and sessions are
 * unknown. This wire spells these 401, and a key that cannot be registered with 400 [doc 1.3].
 */
const GONE_FOR_CLIENTS = /^(401 \w+|400 LICENSE_KEY_UNUSABLE)$/;

/** Everything at once, with the deletion in the middle. */
async function deleteAmidst(arena: Arena, contract: Contract, trial: number): Promise<Violations> {
  const before = await orphans(arena.database);
  const seller = await aSeller(arena.urls[trial % 2]!);
  const world = await aWorld(seller);
  const fired = await shots(contract, world);
  const volley = Array.from({ length: REPEATS }, () => fired).flat();
  const middle = Math.floor((volley.length * (1 + (trial % 3))) / 4);
  let deletion: Promise<Answer> | undefined;
  const answers = volley.map((shot, index) => {
    if (index === middle) deletion = seller.at(arena.urls[index % 2]!).delete(world.app.path());
    return shot.fire(arena.urls[(index + trial) % 2]!);
  });
  const deleted = await deletion!;
  const answered = await Promise.all(answers);
  const wrong = volley.flatMap(({ name, client }, index) =>
    unexpected([answered[index]!], ['200', '201'])
      .filter((text) => !/ (404|409) /.test(text))
      .filter((text) => !(client && GONE_FOR_CLIENTS.test(text.replace(/^.* answer /, ''))))
      .map((text) => `${name}: ${text}`),
  );
  const after = await Promise.all(arena.urls.map((url) => world.app.at(url).call('init')));
  return [
    ...unexpected([deleted], ['200']),
    ...wrong,
    ...unexpected(after, ['401 INVALID_KEY']),
    ...(await orphans(arena.database)).filter((found) => !before.includes(found)),
  ];
}

async function race(arena: Arena, contract: Contract, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    outcomes.push(await deleteAmidst(arena, contract, trial));
  }
  return outcomes;
}

/**
 * Takes the references to applications away and deletes by hand what they would have deleted: the
 * way it is done where a database's references are not used. A pause after it, as any other work
 * would make.
 */
async function deleteByHand({ database }: Arena): Promise<void> {
  const keys = await database.rows<{ table: string; name: string; column: string }>(
    `SELECT conrelid::regclass::text AS table, conname AS name, a.attname AS column
       FROM pg_constraint JOIN pg_attribute a ON attrelid = conrelid AND attnum = conkey[1]
      WHERE contype = 'f' AND confrelid = 'apps'::regclass AND conparentid = 0`,
  );
  for (const { table, name } of keys) {
    await database.rows(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
  const deletes = keys.map(({ table, column }) => `DELETE FROM ${table} WHERE ${column} = OLD.id;`);
  await database.rows(
    `CREATE FUNCTION by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN ${deletes.join('\n')} PERFORM pg_sleep(0.2); RETURN OLD; END $$`,
  );
  await database.rows(
    'CREATE TRIGGER by_hand BEFORE DELETE ON apps FOR EACH ROW EXECUTE FUNCTION by_hand()',
  );
}

describe('R-09 an application is deleted while everything is made in it', () => {
  let contract: Contract;
  beforeAll(async () => {
    const described = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(described.app);
    await described.close();
  });

  test('R-09 every way of making something in an application takes part', () => {
    const names = creating(contract).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /v1/admin/apps/{appId}/licenses',
        'POST /v1/admin/apps/{appId}/users',
        'POST /v1/admin/apps/{appId}/blacklist',
        'POST /v1/admin/licenses/generate',
        'POST /v1/client/register',
        'POST /v1 login',
        'POST /v1 register',
        'POST /v1 license',
      ]),
    );
  });

  test('R-09 what nobody owns any more would stay behind, or a maker be told of a crash', async () => {
    const arena = await openArena();
    try {
      expectHeld('R-09', await race(arena, contract, trials(TRIALS)));
    } finally {
      await arena.close();
    }
  });

  test('R-09 twin: without the references, what is made meanwhile is left behind', async () => {
    await withArena({}, async (unguarded) => {
      await deleteByHand(unguarded);
      await expectRaceBroken('R-09', TWIN_TRIALS, async (count) => {
        const outcomes = await race(unguarded, contract, count);
        return outcomes.map((found) => found.filter((what) => what.endsWith(' orphans')));
      });
    });
  });
});
