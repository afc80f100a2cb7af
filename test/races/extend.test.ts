import type { TestApp } from '../factories';
import type { Answer } from '../support/http';
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

/** P tier: 10 trials of a hundred extensions; the twin gets 5. */
const TRIALS = 10;
const TWIN_TRIALS = twinTrials(5);
const EXTENSIONS = 100;
const FIRST_USES = 5;

interface Stored {
  /** Length of life as it was sold and extended, from the first use on. */
  readonly days: number;
  readonly records: number;
  readonly activations: number;
}

async function stored(arena: Arena, key: string): Promise<Stored> {
  const [row] = await arena.database.rows<Stored>(
    `SELECT extract(epoch FROM l.expires_at - l.activated_at)::float8 / 86400 AS days,
            (SELECT count(*)::int FROM audit_records a WHERE a.target_id = l.id
                AND a.action = 'license.extend' AND a.outcome = 'granted') AS records,
            (SELECT count(*)::int FROM outbox_events e
              WHERE e.type = 'license.activate' AND e.data->>'licenseId' = l.id::text) AS activations
       FROM licenses l WHERE l.key = $1`,
    [key],
  );
  return row!;
}

/** A hundred extensions by one day; the key's first uses fall into the middle of them. */
async function bulkExtension(app: TestApp, urls: readonly string[], id: string, key: string) {
  const uses: Promise<Answer>[] = [];
  const extensions = await volley(urls, EXTENSIONS, (url, index) => {
    if (index % (EXTENSIONS / FIRST_USES) === 10) {
      uses.push(app.at(url).call('license', { licenseKey: key, hwid: 'HW-1' }));
    }
    return app.at(url).seller.post(app.path(`/licenses/${id}/extend`), { days: 1 });
  });
  return { extensions, uses: await Promise.all(uses) };
}

async function race(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const app = await freshApp(arena);
    const { id, key } = await app.license({ durationType: '30d' });
    const { extensions, uses } = await bulkExtension(app, arena.urls, id, key);
    const { days, records, activations } = await stored(arena, key);
    outcomes.push([
      ...unexpected([...extensions, ...uses], ['200']),
      ...unless(granted(extensions).length === EXTENSIONS, 'an extension was refused'),
      ...unless(days === 30 + EXTENSIONS, `${days} days instead of ${30 + EXTENSIONS}`),
      ...unless(records === EXTENSIONS, `${records} audit records of ${EXTENSIONS} extensions`),
      ...unless(activations === 1, `activated ${activations} times`),
    ]);
  }
  return outcomes;
}

describe('R-11 a hundred extensions of one licence at once', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-11 a customer would lose days that the seller gave while the key was first used', async () => {
    expectHeld('R-11', await race(arena, trials(TRIALS)));
  });

  test('R-11 twin: without turns on the licence extensions overwrite each other', async () => {
    await withArena({ without: 'license-turns' }, async (unguarded) => {
      await expectRaceBroken('R-11', TWIN_TRIALS, (count) => race(unguarded, count));
    });
  });
});
