import type { TestApp } from '../factories';
import { ask } from './lean-http';
import { FeedSwitch, UNTOUCHED, withFeed } from './feed-proxy';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  openArena,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';
import { Acknowledged, judge, watch } from './watch';

/**
 * P tier: 60 trials with both feeds up, five applications at a time; 15 with the other process's
 * feed stalled, one at a time; twins 10 and 15. Eight clients for each application.
 */
const BATCH = 5;
const BATCHES = 12;
const STALLED_TRIALS = 15;
const TWIN_STALLED_TRIALS = twinTrials(STALLED_TRIALS);
const TWIN_BATCHES = 2;
const CLIENTS = 8;

interface Asked {
  readonly type: 'init' | 'check';
  readonly fields: object;
}

function askWith(apiKey: string, app: TestApp, url: string, { type, fields }: Asked) {
  return ask(app, url, type, { ...fields, apiKey });
}

async function signedIn(arena: Arena): Promise<{ app: TestApp; kinds: readonly Asked[] }> {
  const app = await freshApp(arena);
  const { username } = await app.user();
  const sessionToken = await app.login(username);
  return {
    app,
    kinds: [
      { type: 'init', fields: {} },
      { type: 'check', fields: { sessionToken } },
    ],
  };
}

/** One application's key is replaced at `actor` while its clients ask with the old one. */
async function replaceKey(
  arena: Arena,
  actor: string,
  feedOff: () => Promise<void>,
): Promise<Violations> {
  const { app, kinds } = await signedIn(arena);
  const acknowledged: Acknowledged = { at: null };
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const kind = kinds[(client >> 1) % kinds.length]!;
    const url = arena.urls[client % 2]!;
    const old = () => askWith(app.apiKey, app, url, kind);
    return watch(url, acknowledged, old, { beyondMs: 0, least: 10 });
  });
  await Promise.all(clients.map(({ warm }) => warm));
  await feedOff();
  const answer = await app.at(actor).seller.post(app.path('/regenerate-key'));
  acknowledged.at = performance.now();
  const fresh = answer.body.data?.apiKey as string;
  const withNew = await volley(arena.urls, 2 * CLIENTS, (url, client) =>
    askWith(fresh, app, url, kinds[(client >> 1) % kinds.length]!),
  );
  await Promise.all(clients.map(({ ended }) => ended));
  const records = await arena.database.value<number>(
    `SELECT count(*)::int FROM audit_records
      WHERE app_id = $1 AND action = 'app.regenerate-key' AND outcome = 'granted'`,
    [app.id],
  );
  return [
    ...unexpected([answer, ...withNew], ['200']),
    ...judge(clients, acknowledged, () => 0, ['401 INVALID_KEY']),
    ...unless(records === 1, `${records} audit records`),
  ];
}

async function batches(arena: Arena, count: number, feed: FeedSwitch = UNTOUCHED, size = BATCH) {
  const outcomes: Violations[] = [];
  for (let index = 0; index < count; index++) {
    // Only the second process's feed can be taken away, so then the first one acts.
    const actor = arena.urls[feed.state === 'up' ? index % 2 : 0]!;
    const off = together(size, () => feed.off());
    const races = Array.from({ length: size }, () => replaceKey(arena, actor, off));
    outcomes.push(...(await Promise.all(races)));
    await feed.on();
  }
  return outcomes;
}

/** A function that, once called `count` times, runs `action` and lets all callers go on. */
function together(count: number, action: () => Promise<void>): () => Promise<void> {
  let missing = count;
  let open: (done: Promise<void>) => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (--missing === 0) open(action());
    return gate;
  };
}

describe('R-08 a new API key while clients ask with the old one', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-08 a leaked API key would work on after the seller was told that it is replaced', async () => {
    expectHeld('R-08', await batches(arena, trials(BATCHES)));
  });

  test('R-08 a leaked API key would work on where the news is late: feed stalled', async () => {
    await withFeed('stalled', undefined, async (other, feed) => {
      expectHeld('R-08 feed stalled', await batches(other, trials(STALLED_TRIALS), feed, 1));
    });
  });

  test('R-08 twin: deaf to changes, processes go on taking the old key', async () => {
    await withArena({ without: 'deaf-feed' }, async (unguarded) => {
      await expectRaceBroken('R-08', TWIN_BATCHES, (count) => batches(unguarded, count));
    });
  });

  test('R-08 twin: acknowledged before the other process can know, it takes the old key', async () => {
    await withFeed('stalled', 'no-settling', async (unguarded, feed) => {
      await expectRaceBroken('R-08 feed stalled', TWIN_STALLED_TRIALS, (count) =>
        batches(unguarded, count, feed, 1),
      );
    });
  });
});
