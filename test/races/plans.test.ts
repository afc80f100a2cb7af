import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import type { Answer } from '../support/http';
import { ask } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
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

/** P tier: 10 trials for each thing, 30 rivals for ten places; twins 5. */
const TRIALS = 10;
const TWIN_TRIALS = twinTrials(5);
const RIVALS = 30;
const LIMIT = 10;

const REFUSED = '403 PLAN_LIMIT_REACHED';

interface Scene {
  readonly thing: 'apps' | 'keys' | 'users' | 'storage_bytes';
  /** Rivals of a seller who has nothing of the thing yet. */
  readonly rivals: (app: TestApp, urls: readonly string[]) => Promise<Answer[]>;
  /** What there is afterwards. */
  readonly count: string;
}

const SCENES: readonly Scene[] = [
  {
    thing: 'apps',
    rivals: (app, urls) =>
      // One application is there already; it is deleted to begin with none.
      app.seller
        .delete(app.path())
        .then(() =>
          volley(urls, RIVALS, (url) => app.seller.at(url).post('/v1/admin/apps', { name: 'A' })),
        ),
    count: 'SELECT count(*)::int FROM apps WHERE seller_id = $1',
  },
  {
    thing: 'keys',
    rivals: (app, urls) =>
      volley(urls, RIVALS, (url, index) => {
        const at = app.at(url);
        return index % 3 === 0
          ? at.seller.post(at.path('/users'), { username: unique('u'), password: PASSWORD })
          : at.seller.post(at.path('/licenses'), { durationType: '1d' });
      }),
    count:
      'SELECT count(*)::int FROM licenses l JOIN apps a ON a.id = l.app_id WHERE a.seller_id = $1',
  },
  {
    thing: 'users',
    rivals: async (app, urls) => {
      const keys = await manyLicenses(app, RIVALS);
      return volley(urls, RIVALS, (url, index) =>
        ask(app, url, 'register', {
          username: unique('u'),
          password: PASSWORD,
          licenseKey: keys[index]!.key,
        }),
      );
    },
    count:
      'SELECT count(*)::int FROM app_users u JOIN apps a ON a.id = u.app_id WHERE a.seller_id = $1',
  },
  {
    thing: 'storage_bytes',
    rivals: async (app, urls) => {
      const files = await Promise.all(
        Array.from({ length: RIVALS }, () =>
          app.seller.post(app.path('/files'), { name: 'a.exe' }),
        ),
      );
      return volley(urls, RIVALS, (url, index) =>
        index % 3 === 0
          ? app.at(url).uploadForm('1')
          : app.at(url).upload(files[index]!.body.data.id, '1'),
      );
    },
    count: `SELECT coalesce(sum(f.size), 0)::int FROM files f JOIN apps a ON a.id = f.app_id
             WHERE a.seller_id = $1 AND f.blob_id IS NOT NULL`,
  },
];

/** Thirty at once for ten places. */
async function rush(arena: Arena, scene: Scene, count: number): Promise<Violations[]> {
  await arena.database.rows(`UPDATE plan_limits SET ${scene.thing} = ${LIMIT} WHERE plan = 'FREE'`);
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const app = await anApp(await aSeller(arena.urls[0]));
    const answers = await scene.rivals(app, arena.urls);
    const hex = app.seller.id.slice('seller_'.length);
    const made = await arena.database.value<number>(scene.count, [hex]);
    outcomes.push([
      ...unless(made === LIMIT, `${made} ${scene.thing}, ${LIMIT} are allowed`),
      ...unless(granted(answers).length === LIMIT, `${granted(answers).length} were granted`),
      ...unexpected(answers, ['200', '201', REFUSED]),
    ]);
  }
  await arena.database.rows(`UPDATE plan_limits SET ${scene.thing} = 1e6 WHERE plan = 'FREE'`);
  return outcomes;
}

describe('D-A20 the last places of a plan', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test.each(SCENES)('D-A20 a seller would get more than the plan allows: $thing', async (scene) => {
    expectHeld(`D-A20 ${scene.thing}`, await rush(arena, scene, trials(TRIALS)));
  });

  test('D-A20 sellers do not wait for each other, nor does anybody without a limit', async () => {
    await arena.database.rows("UPDATE plan_limits SET apps = NULL WHERE plan = 'PRO'");
    const seller = await aSeller(arena.urls[0]);
    await arena.database.rows("UPDATE sellers SET plan = 'PRO' WHERE email = $1", [seller.email]);
    const client = await arena.database.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM sellers WHERE email = $1 FOR NO KEY UPDATE', [seller.email]);
    const answer = await seller.post('/v1/admin/apps', { name: 'A' });
    const other = await (await aSeller(arena.urls[1])).post('/v1/admin/apps', { name: 'B' });
    await client.query('ROLLBACK');
    client.release();
    expect([answer.status, other.status]).toEqual([201, 201]);
  });

  test('D-A20 twin: counted without taking turns, more get in', async () => {
    await withArena({ without: 'plan-turns' }, async (unguarded) => {
      for (const scene of SCENES) {
        await expectRaceBroken(`D-A20 ${scene.thing}`, TWIN_TRIALS, (count) =>
          rush(unguarded, scene, count),
        );
      }
    });
  });
});
