import { TestApp, unique } from '../factories';
import { until } from '../faults/support/until';
import type { Answer } from '../support/http';
import { post } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  granted,
  openArena,
  spell,
  trials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/**
 * P tier: 8 trials of 50 parallel requests for each kind of request, 3 with a slow one, 3 crashes;
 * twins 3, 2 and 2. The pool is small; the wait for a row is the default, 800 ms.
 */
const TRIALS = 8;
const SLOW_TRIALS = 3;
const CRASHES = 3;
const TWIN_TRIALS = 3;
const SLOW_TWIN_TRIALS = 2;
const TWIN_CRASHES = 2;
const TOGETHER = 50;
const BYSTANDERS = 20;
const RETRIES = 10;
const SMALL = {
  DATABASE_POOL_SIZE: '4',
  DATABASE_LOCK_TIMEOUT_MS: '',
  DATABASE_ACQUIRE_TIMEOUT_MS: '2000',
  DATABASE_STATEMENT_TIMEOUT_MS: '60000',
};

const IN_USE = '409 IDEMPOTENCY_KEY_IN_USE';
const REUSED = '422 IDEMPOTENCY_KEY_REUSED';

/** A request that may be repeated, and how often it has had its effect. */
interface Request {
  readonly path: string;
  readonly body: object;
  readonly other: object;
  readonly effects: () => Promise<number>;
}

type Prepare = (arena: Arena, app: TestApp) => Promise<Request>;

/** The records of the act, one for each time it was done. */
function records(arena: Arena, app: TestApp, action: string): () => Promise<number> {
  return () =>
    arena.database.value<number>(
      `SELECT count(*)::int FROM audit_records WHERE seller_id = $1 AND action = $2`,
      [app.seller.id.replace('seller_', ''), action],
    );
}

const KINDS: readonly (readonly [string, Prepare])[] = [
  [
    'generate licences',
    async (arena, app) => ({
      path: app.path('/licenses'),
      body: { durationType: '30d', count: 3 },
      other: { durationType: '30d', count: 4 },
      effects: async () =>
        (await arena.database.value<number>(
          'SELECT count(*)::int FROM licenses WHERE app_id = $1',
          [app.id],
        )) / 3,
    }),
  ],
  [
    'extend a licence',
    async (arena, app) => {
      const { id, key } = await app.license();
      await app.call('license', { licenseKey: key });
      return {
        path: app.path(`/licenses/${id}/extend`),
        body: { days: 1 },
        other: { days: 2 },
        effects: records(arena, app, 'license.extend'),
      };
    },
  ],
  [
    'create an application',
    async (arena, app) => {
      const made = records(arena, app, 'app.create');
      return {
        path: '/v1/admin/apps',
        body: { name: 'Once' },
        other: { name: 'Twice' },
        effects: async () => (await made()) - 1,
      };
    },
  ],
];

function sender(app: TestApp, { path }: Request, key: string) {
  const headers = { authorization: `Bearer ${app.seller.accessToken}`, 'idempotency-key': key };
  return (url: string, body: object) => post(url, path, body, headers);
}

/** All who got an answer got the same one; the others were told to come again. */
function judgeAnswers(answers: readonly Answer[]): string[] {
  const done = granted(answers);
  const texts = new Set(done.map(({ text }) => text));
  return [
    ...unexpected(answers, ['200', '201', IN_USE]),
    ...unless(done.length > 0, 'nobody got an answer'),
    ...unless(texts.size <= 1, `${texts.size} different answers`),
  ];
}

/** Fifty at once over both processes, then the same key for something else. */
async function repeat(arena: Arena, prepare: Prepare, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  const app = await freshApp(arena);
  for (let trial = 0; trial < count; trial++) {
    const request = await prepare(arena, app);
    const before = await request.effects();
    const send = sender(app, request, unique('key'));
    const answers = await volley(arena.urls, TOGETHER, (url) => send(url, request.body));
    const others = await volley(arena.urls, 2, (url) => send(url, request.other));
    const effects = (await request.effects()) - before;
    outcomes.push([
      ...judgeAnswers(answers),
      ...unexpected(others, [REUSED]),
      ...unless(effects === 1, `${effects} effects`),
    ]);
  }
  return outcomes;
}

/** Licences are made only when the test lets go of a lock, on which nobody waits in the queue of locks. */
const SLOW = `
  CREATE OR REPLACE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    WHILE NOT pg_try_advisory_xact_lock_shared(12) LOOP PERFORM pg_sleep(0.02); END LOOP;
    RETURN NULL;
  END $$;
  CREATE OR REPLACE TRIGGER slow AFTER INSERT ON licenses FOR EACH STATEMENT EXECUTE FUNCTION take_long()`;

/** Fifty at once, and the work ends when all others are answered; beside it, others want to be served. */
async function slowTrial(arena: Arena, index: number): Promise<Violations> {
  const app = await freshApp(arena);
  const request = await KINDS[0]![1](arena, app);
  const send = sender(app, request, unique('key'));
  const holder = await arena.database.pool.connect();
  try {
    await holder.query('SELECT pg_advisory_lock(12)');
    let answered = 0;
    const repeats = volley(arena.urls, TOGETHER, async (url) => {
      const answer = await send(url, request.body);
      if (++answered === TOGETHER - 1) await holder.query('SELECT pg_advisory_unlock(12)');
      return answer;
    });
    const bystanders = await volley(arena.urls, BYSTANDERS, (url) =>
      app.seller.at(url).get(app.path()),
    );
    const answers = await repeats;
    const waits = answers.filter((answer) => spell(answer) === IN_USE);
    const unhelpful = waits.filter(({ headers }) => headers.get('retry-after') !== '1');
    const late = await send(arena.urls[index % 2]!, request.body);
    const effects = await request.effects();
    return [
      ...judgeAnswers([...answers, late]),
      ...unexpected([late], ['201']),
      ...unexpected(bystanders, ['200']),
      ...unless(waits.length === TOGETHER - 1, `${waits.length} were told that the key is in use`),
      ...unless(unhelpful.length === 0, `${unhelpful.length} without Retry-After`),
      ...unless(effects === 1, `${effects} effects`),
    ];
  } finally {
    await holder.query('SELECT pg_advisory_unlock_all()');
    holder.release();
  }
}

async function repeatSlow(arena: Arena, count: number): Promise<Violations[]> {
  await arena.database.rows(SLOW);
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) outcomes.push(await slowTrial(arena, trial));
  return outcomes;
}

/**
 * A server is killed while it works for a request: the test holds the application's row, on which
 * the new licences wait. Then many repeat the request at the other server.
 */
async function crash(without?: string): Promise<Violations> {
  return withArena({ without }, async (arena) => {
    const app = await freshApp(arena);
    const request = await KINDS[0]![1](arena, app);
    const send = sender(app, request, unique('key'));
    const holder = await arena.database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM apps WHERE id = $1 FOR UPDATE', [app.id]);
      const first = send(arena.urls[0], request.body).then(spell, () => 'cut off');
      await until('the work to be under way', () => waitsForTheRow(arena), 10_000);
      await arena.servers[0]!.stop('SIGKILL');
      const ending = await first;
      const repeats = volley([arena.urls[1]], RETRIES, (url) => send(url, request.body));
      await holder.query('ROLLBACK');
      const answers = await repeats;
      const last = await send(arena.urls[1], request.body);
      const effects = await request.effects();
      return [
        ...unless(ending === 'cut off', `the killed server answered ${ending}`),
        ...judgeAnswers([...answers, last]),
        ...unexpected([last], ['201']),
        ...unless(effects === 1, `${effects} effects`),
      ];
    } finally {
      holder.release();
    }
  });
}

async function waitsForTheRow(arena: Arena): Promise<boolean> {
  const waiting = await arena.database.value<number>(
    `SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'INTO licenses'`,
  );
  return waiting > 0;
}

async function crashes(count: number, without?: string): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) outcomes.push(await crash(without));
  return outcomes;
}

describe('R-12 one request sent many times under one Idempotency-Key', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena({ env: SMALL });
  });
  afterAll(() => arena.close());

  test.each(KINDS)(
    'R-12 an impatient caller would get everything many times: %s',
    async (name, prepare) => {
      expectHeld(`R-12 ${name}`, await repeat(arena, prepare, trials(TRIALS)));
    },
  );

  test('R-12 repeats of slow work would take every connection, and be told nothing useful', async () => {
    await withArena({ env: SMALL }, async (other) => {
      expectHeld('R-12 slow', await repeatSlow(other, trials(SLOW_TRIALS)));
    });
  });

  test('R-12 after a crash in the midst of it, the repeat would find the key spent, or do the work twice', async () => {
    expectHeld('R-12 crash', await crashes(trials(CRASHES)));
  });

  test.each(KINDS)('R-12 twin: nobody claims the key: %s', async (name, prepare) => {
    await withArena({ env: SMALL, without: 'no-claim' }, async (unguarded) => {
      await expectRaceBroken(`R-12 ${name}`, TWIN_TRIALS, (count) =>
        repeat(unguarded, prepare, count),
      );
    });
  });

  test('R-12 twin: repeats that all go to the database take its connections', async () => {
    await withArena({ env: SMALL, without: 'no-key-turns' }, async (unguarded) => {
      await expectRaceBroken('R-12 slow', SLOW_TWIN_TRIALS, (count) =>
        repeatSlow(unguarded, count),
      );
    });
  });

  test('R-12 twin: a key taken by a commit of its own is spent after the crash', async () => {
    await expectRaceBroken('R-12 crash', TWIN_CRASHES, (count) =>
      crashes(count, 'key-before-effect'),
    );
  });
});
