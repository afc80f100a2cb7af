import type { TestApp } from '../factories';
import { ask } from '../races/lean-http';
import { Arena, freshApp, openArena, spell, unexpected, unless, withArena } from '../races/support';
import { Acknowledged, judge, Watch, watch } from '../races/watch';
import type { Answer } from '../support/http';

jest.setTimeout(280_000);

/** What another process may still grant after the acknowledgement. */
const OTHER_PROCESS_MS = 1_000;
const CLIENTS = 2;
/** Until when the clients go on asking. */
const BEYOND_MS = OTHER_PROCESS_MS + 50;

interface Client {
  readonly app: TestApp;
  readonly userId: string;
  readonly licenseId: string;
  readonly key: string;
  readonly token: string;
}

/** Takes authority away; the answers are what the client may be told from then on. */
interface Act {
  readonly name: string;
  readonly by: (client: Client, arena: Arena) => Promise<Answer>;
  readonly told: readonly string[];
}

const onUser =
  (verb: string, body: object = {}) =>
  (client: Client) =>
    client.app.seller.post(client.app.path(`/users/${client.userId}/${verb}`), body);
const onLicense = (verb: string) => (client: Client) =>
  client.app.seller.post(client.app.path(`/licenses/${client.licenseId}/${verb}`));

const ENDED = ['401 INVALID_SESSION'];

const ACTS: readonly Act[] = [
  { name: 'user banned', by: onUser('ban'), told: ENDED },
  { name: 'user frozen', by: onUser('freeze'), told: ENDED },
  {
    name: 'user deleted',
    by: ({ app, userId }) => app.seller.delete(app.path(`/users/${userId}`)),
    told: ENDED,
  },
  {
    name: 'password changed',
    by: ({ app, userId }) =>
      app.seller.patch(app.path(`/users/${userId}`), { password: 'another-password-1' }),
    told: ENDED,
  },
  { name: 'licence banned', by: onLicense('ban'), told: ENDED },
  { name: 'licence suspended', by: onLicense('suspend'), told: ENDED },
  { name: 'licence revoked', by: onLicense('revoke'), told: ENDED },
  {
    name: 'licence deleted',
    by: ({ app, licenseId }) => app.seller.delete(app.path(`/licenses/${licenseId}`)),
    told: ENDED,
  },
  {
    name: 'application paused',
    by: ({ app }) => app.seller.patch(app.path(), { status: 'PAUSED' }),
    told: ['403 APP_PAUSED'],
  },
  {
    name: 'expiry set to now',
    by: ({ app, userId }) =>
      app.seller.patch(app.path(`/users/${userId}`), { expiresAt: '2020-01-01T00:00:00.000Z' }),
    // The first to notice ends the sessions of the licence.
    told: ['403 LICENSE_EXPIRED', ...ENDED],
  },
];

async function aClient(arena: Arena): Promise<Client> {
  const app = await freshApp(arena);
  const { id: userId, username, license } = await app.user();
  const token = await app.login(username);
  return { app, userId, licenseId: license.id, key: license.key, token };
}

const check = ({ app, token }: Client, url: string) =>
  ask(app, url, 'check', { sessionToken: token });

/** Authority is taken at `actor` while clients with live tokens go on asking at both processes. */
async function takeAway(arena: Arena, { by, told }: Act, actor: string): Promise<string[]> {
  const client = await aClient(arena);
  const acknowledged: Acknowledged = { at: null };
  const watches = arena.urls.flatMap((url) =>
    Array.from({ length: CLIENTS }, (): Watch =>
      watch(url, acknowledged, () => check(client, url), { beyondMs: BEYOND_MS }),
    ),
  );
  await Promise.all(watches.map(({ warm }) => warm));
  const answer = await by({ ...client, app: client.app.at(actor) }, arena);
  acknowledged.at = performance.now();
  await Promise.all(watches.map(({ ended }) => ended));
  const grace = (url: string) => (url === actor ? 0 : OTHER_PROCESS_MS);
  return [...unexpected([answer], ['200']), ...judge(watches, acknowledged, grace, told)];
}

/** A licence whose time runs out while its token is live and remembered. */
async function runOut(arena: Arena): Promise<string[]> {
  const client = await aClient(arena);
  const [{ ends }] = (await arena.database.rows<{ ends: Date }>(
    `UPDATE licenses SET expires_at = clock_timestamp() + interval '3 seconds'
      WHERE key = $1 RETURNING expires_at AS ends`,
    [client.key],
  )) as [{ ends: Date }];
  const asks = await Promise.all(
    arena.urls.map(async (url) => {
      const seen: { before: boolean; after: boolean; answer: Answer }[] = [];
      const now = () => arena.database.value<Date>('SELECT clock_timestamp()');
      const giveUp = performance.now() + 20_000;
      while (!seen.at(-1)?.after && performance.now() < giveUp) {
        const startedAt = await now();
        const answer = await check(client, url);
        const endedAt = await now();
        seen.push({ before: endedAt < ends, after: startedAt > ends, answer });
      }
      return seen;
    }),
  );
  return asks.flatMap((seen) => [
    ...unexpected(
      seen.filter(({ before }) => before).map(({ answer }) => answer),
      ['200'],
    ),
    ...unless(seen.filter(({ before }) => before).length > 3, 'hardly asked before the end'),
    ...unless(
      seen.some(({ after }) => after),
      'never asked after the end',
    ),
    ...seen
      .filter(({ after, answer }) => after && answer.status === 200)
      .map(({ answer }) => `answered ${spell(answer)} after the end`),
  ]);
}

describe('S-13 clients whose authority was taken away', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test.each(ACTS)('S-13 a live token would outlive what it stood for: $name', async (act) => {
    const found = await Promise.all(arena.urls.map((actor) => takeAway(arena, act, actor)));
    expect(found.flat()).toEqual([]);
  });

  test('S-13 a live token would outlive the time that was paid for', async () => {
    expect(await runOut(arena)).toEqual([]);
  });

  test('S-13 twin: deaf to changes, processes go on granting', async () => {
    await withArena({ without: 'deaf-feed' }, async (unguarded) => {
      const found = await Promise.all(
        ACTS.map((act) => takeAway(unguarded, act, unguarded.urls[0])),
      );
      const unnoticed = ACTS.filter((_, index) => found[index]!.length === 0);
      expect(unnoticed.map(({ name }) => name)).toEqual([]);
    });
  });

  test('S-13 twin: a memory that does not look at the clock outlives the time', async () => {
    await withArena({ without: 'timeless-memory' }, async (unguarded) => {
      expect(await runOut(unguarded)).not.toEqual([]);
    });
  });
});
