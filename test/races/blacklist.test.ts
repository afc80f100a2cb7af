import { TestApp, unique } from '../factories';
import type { Answer } from '../support/http';
import { ask } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  openArena,
  trials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';
import { Acknowledged, judge, Watch, watch } from './watch';

/** P tier: 12 trials with 20 clients in a loop, 3 for each type; the twin 2. */
const TRIALS = 12;
const TWIN_TRIALS = 2;
const CLIENTS = 20;

/** What the other process may still believe after the acknowledgement. */
const OTHER_PROCESS_MS = 250;
const BEYOND_MS = OTHER_PROCESS_MS + 30;

const TYPES = ['HWID', 'USERNAME', 'KEY', 'IP'] as const;

interface Victim {
  readonly token: string;
  readonly entry: Readonly<Record<(typeof TYPES)[number], string>>;
}

async function aVictim(app: TestApp): Promise<Victim> {
  const hwid = unique('hwid');
  const { username, license } = await app.user({ hwid });
  const token = await app.login(username, hwid);
  const entry = { HWID: hwid, USERNAME: username, KEY: license.key, IP: '127.0.0.0/8' };
  return { token, entry };
}

/** Who is listed while its clients loop `check` at both processes; a neighbour loops beside. */
async function listed(arena: Arena, index: number): Promise<Violations> {
  const type = TYPES[index % TYPES.length]!;
  const actor = arena.urls[index % 2]!;
  const app = await freshApp(arena);
  const neighbour = await freshApp(arena);
  const victim = await aVictim(app);
  const bystander = await aVictim(neighbour);
  const acknowledged: Acknowledged = { at: null };
  const client = (of: TestApp, token: string, at: number): Watch => {
    const url = arena.urls[at % 2]!;
    const check = () => ask(of, url, 'check', { sessionToken: token });
    return watch(url, acknowledged, check, { beyondMs: BEYOND_MS });
  };
  const clients = Array.from({ length: CLIENTS }, (_, at) => client(app, victim.token, at));
  const others = [0, 1].map((at) => client(neighbour, bystander.token, at));
  await Promise.all([...clients, ...others].map(({ warm }) => warm));
  const value = victim.entry[type];
  const answer = await app.seller.at(actor).post(app.path('/blacklist'), { type, value });
  acknowledged.at = performance.now();
  await Promise.all([...clients, ...others].map(({ ended }) => ended));

  const refused = clients
    .flatMap(({ asks }) => asks)
    .filter(({ answer: { status } }) => status === 403);
  const attempts = await arena.database.value<number>(
    'SELECT attempts FROM blacklist_entries WHERE app_id = $1',
    [app.id],
  );
  const grace = (url: string) => (url === actor ? 0 : OTHER_PROCESS_MS);
  return [
    ...unexpected([answer], ['201']),
    ...judge(clients, acknowledged, grace, ['403 BLACKLISTED']),
    ...unexpected(
      others.flatMap(({ asks }) => asks.map((one) => one.answer)),
      ['200'],
    ),
    ...unless(attempts === refused.length, `${attempts} counted of ${refused.length} refused`),
  ];
}

async function many(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let index = 0; index < count; index++) outcomes.push(await listed(arena, index));
  return outcomes;
}

/** A value of which an expired entry is on record, listed anew by many at once. */
async function relisted(arena: Arena): Promise<Violations> {
  const app = await freshApp(arena);
  const body = { type: 'HWID', value: unique('hwid') };
  await app.seller.post(app.path('/blacklist'), body);
  await arena.database.rows(
    "UPDATE blacklist_entries SET expires_at = clock_timestamp() - interval '1 second', attempts = 7 WHERE app_id = $1",
    [app.id],
  );
  const answers = await volley(arena.urls, 8, (url): Promise<Answer> =>
    app.seller.at(url).post(app.path('/blacklist'), body),
  );
  const made = answers.filter(({ status }) => status === 201);
  const rows = await arena.database.rows<{ attempts: number; expires_at: Date | null }>(
    'SELECT attempts, expires_at FROM blacklist_entries WHERE app_id = $1',
    [app.id],
  );
  const [entry] = rows;
  return [
    ...unexpected(answers, ['201', '409 BLACKLIST_ENTRY_EXISTS']),
    ...unless(made.length === 1, `${made.length} made`),
    ...unless(
      rows.length === 1 && entry!.attempts === 0 && entry!.expires_at === null,
      `left ${JSON.stringify(rows)}`,
    ),
  ];
}

describe('R-07 blacklisting whose clients go on asking', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-07 whom the seller listed would go on using the program, or take a neighbour along', async () => {
    expectHeld('R-07 blacklist', await many(arena, trials(TRIALS)));
  });

  test('R-07 an expired entry would be in the way of a new one, or two would stand', async () => {
    const outcomes: Violations[] = [];
    for (let trial = 0; trial < trials(10); trial++) outcomes.push(await relisted(arena));
    expectHeld('R-07 blacklist anew', outcomes);
  });

  test('R-07 twin: deaf to changes, processes go on granting to whom is listed', async () => {
    await withArena({ without: 'deaf-feed' }, async (unguarded) => {
      await expectRaceBroken('R-07 blacklist', TWIN_TRIALS, (count) => many(unguarded, count));
    });
  });
});
