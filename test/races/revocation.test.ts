import { TestApp } from '../factories';
import type { Answer } from '../support/http';
import { ask } from './lean-http';
import { FeedSwitch, UNTOUCHED, withFeed } from './feed-proxy';
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
  withArena,
} from './support';
import { Acknowledged, judge, Watch, watch } from './watch';

/**
 * P tier: 320 trials with both feeds up (80 for each act), 40 with the other process's feed down,
 * 40 with it stalled; twins 20 each. Ten trials run at a time, so that 50 clients loop `check`.
 */
const BATCH = 10;
const CLIENTS = 5;
const BATCHES = 32;
const DOWN_BATCHES = 4;
const STALLED_BATCHES = 4;
const TWIN_BATCHES = 2;

/** What the other process may still believe after the acknowledgement, while its feed is up. */
const OTHER_PROCESS_MS = 250;
const BEYOND_MS = OTHER_PROCESS_MS + 30;

interface Victim {
  readonly userId: string;
  readonly sessionId: string;
  readonly licenseId: string;
  readonly token: string;
}

type Act = (app: TestApp, victim: Victim) => Promise<Answer>;

const ACTS: readonly (readonly [string, Act])[] = [
  ['ban user', (app, { userId }) => app.seller.post(app.path(`/users/${userId}/ban`), {})],
  ['kill session', (app, { sessionId }) => app.seller.delete(app.path(`/sessions/${sessionId}`))],
  ['delete user', (app, { userId }) => app.seller.delete(app.path(`/users/${userId}`))],
  ['ban licence', (app, { licenseId }) => app.seller.post(app.path(`/licenses/${licenseId}/ban`))],
];

async function aVictim(arena: Arena, app: TestApp): Promise<Victim> {
  const { id: userId, username, license } = await app.user();
  const token = await app.login(username);
  const sessionId = await arena.database.value<string>(
    `SELECT 'sess_' || replace(id::text, '-', '') FROM sessions WHERE username = $1`,
    [username],
  );
  return { userId, sessionId, licenseId: license.id, token };
}

/** The session is taken from ten users at once, at one process, while their clients go on asking. */
async function batch(arena: Arena, act: Act, index: number, feed: FeedSwitch) {
  // Only the second process's feed can be taken away, so then the first one acts.
  const actor = arena.urls[feed.state === 'up' ? index % 2 : 0]!;
  const app = await freshApp(arena);
  const victims = await Promise.all(Array.from({ length: BATCH }, () => aVictim(arena, app)));
  const scenes = victims.map((victim) => {
    const acknowledged: Acknowledged = { at: null };
    const clients = Array.from({ length: CLIENTS }, (_, client): Watch => {
      const url = arena.urls[(client + index) % 2]!;
      const check = () => ask(app, url, 'check', { sessionToken: victim.token });
      return watch(url, acknowledged, check, { beyondMs: BEYOND_MS });
    });
    return { victim, acknowledged, clients };
  });
  const clients = scenes.flatMap((scene) => scene.clients);
  await Promise.all(clients.map(({ warm }) => warm));
  await feed.off();
  const answers = await Promise.all(
    scenes.map(async ({ victim, acknowledged }) => {
      const answer = await act(app.at(actor), victim);
      acknowledged.at = performance.now();
      return answer;
    }),
  );
  await Promise.all(clients.map(({ ended }) => ended));
  await feed.on();
  const live = await arena.database.value<number>(
    'SELECT count(*)::int FROM sessions WHERE app_id = $1 AND ended_at IS NULL',
    [app.id],
  );
  const grace = (url: string) => (url === actor || feed.state === 'down' ? 0 : OTHER_PROCESS_MS);
  return scenes.map(({ acknowledged, clients: watches }, scene): Violations => [
    ...unexpected([answers[scene]!], ['200']),
    ...judge(watches, acknowledged, grace, ['401 INVALID_SESSION']),
    ...unless(live === 0, `${live} live sessions in the database`),
  ]);
}

async function batches(arena: Arena, act: Act, count: number, feed: FeedSwitch = UNTOUCHED) {
  const outcomes: Violations[] = [];
  for (let index = 0; index < count; index++) {
    outcomes.push(...(await batch(arena, act, index, feed)));
  }
  return outcomes;
}

/** Batches of all acts in turn. */
async function allActs(arena: Arena, count: number, feed?: FeedSwitch): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let index = 0; index < count; index++) {
    const [, act] = ACTS[index % ACTS.length]!;
    outcomes.push(...(await batches(arena, act, 1, feed)));
  }
  return outcomes;
}

describe('R-07 taking a session away while its clients go on asking', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test.each(ACTS)(
    'R-07 whom the seller threw out would go on using the program: %s',
    async (name, act) => {
      const count = Math.ceil(trials(BATCHES) / ACTS.length);
      expectHeld(`R-07 ${name}`, await batches(arena, act, count));
    },
  );

  test('R-07 whom the seller threw out would go on where the news cannot arrive: feed cut', async () => {
    await withFeed('down', undefined, async (other, feed) => {
      expectHeld('R-07 feed down', await allActs(other, trials(DOWN_BATCHES), feed));
    });
  });

  test('R-07 whom the seller threw out would go on where the news is late: feed stalled', async () => {
    await withFeed('stalled', undefined, async (other, feed) => {
      expectHeld('R-07 feed stalled', await allActs(other, trials(STALLED_BATCHES), feed));
    });
  });

  test('R-07 twin: deaf to changes, processes go on granting from memory', async () => {
    await withArena({ without: 'deaf-feed' }, async (unguarded) => {
      await expectRaceBroken('R-07', TWIN_BATCHES, (count) => allActs(unguarded, count));
    });
  });

  test.each(['down', 'stalled'] as const)(
    'R-07 twin: memory trusted without its feed grants what was taken away: feed %s',
    async (state) => {
      await withFeed(state, 'blind-trust', async (unguarded, feed) => {
        await expectRaceBroken(`R-07 feed ${state}`, TWIN_BATCHES, (count) =>
          allActs(unguarded, count, feed),
        );
      });
    },
  );
});
