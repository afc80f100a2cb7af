import { TestApp, unique } from '../factories';
import { Answer, send } from '../support/http';
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
} from './support';

const GOAL = 'R-09';
const ROUNDS = 12;
const ALLOWED = ['200', '201', '404 APP_NOT_FOUND', '404 VANISHED', '409 IMPORT_OVERTAKEN'];

/** Rows of applications that are no more. */
const ORPHANS = `
  SELECT (SELECT count(*) FROM licenses t WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = t.app_id))
       + (SELECT count(*) FROM app_users t WHERE NOT EXISTS (SELECT 1 FROM apps a WHERE a.id = t.app_id))
       + (SELECT count(*) FROM license_devices t WHERE NOT EXISTS (SELECT 1 FROM licenses l WHERE l.id = t.license_id))
       + (SELECT count(*) FROM import_rows)`;

/** A file of twenty users, each with a licence and a device. */
function file(): object {
  const names = Array.from({ length: 20 }, () => unique('r09'));
  const used = { durationSeconds: 60, activatedAt: '2026-01-01T00:00:00Z', devices: ['PC'] };
  return {
    licenses: names.map((key) => ({ key, ...used })),
    users: names.map((username) => ({ username, licenseKey: username })),
  };
}

const ACTS: readonly ((app: TestApp) => Promise<Answer>)[] = [
  (app) => app.seller.post(app.path('/licenses'), { durationType: '1d', count: 20 }),
  (app) => app.seller.post(app.path('/users'), { username: unique('u'), password: 'password 1' }),
  (app) => app.seller.post(app.path('/import?format=json'), file()),
];

/** Makes things on both processes without a pause, deletes the application amid that, and looks back. */
async function trial(arena: Arena): Promise<Violations> {
  const app = await freshApp(arena);
  const answers: Answer[] = [];
  let deleted = false;
  let begin: () => void;
  const underWay = new Promise<void>((resolve) => (begin = resolve));
  const make = async (index: number) => {
    const act = ACTS[index % ACTS.length]!;
    const at = app.at(arena.urls[index % 2]!);
    for (let round = 0; round < ROUNDS; round++) {
      if (answers.push(await act(at)) === 8) begin();
    }
  };
  const makers = Array.from({ length: 6 }, (_, index) => make(index));
  await underWay;
  const remove = async (url: string) => {
    const answer = await send(url, 'DELETE', app.path(), undefined, {
      token: app.seller.accessToken,
    });
    deleted ||= answer.status === 200;
    return answer;
  };
  const removals = await Promise.all(arena.urls.map(remove));
  await Promise.all(makers);
  const orphans = Number(await arena.database.value(ORPHANS));
  return [
    ...unexpected(answers, ALLOWED),
    ...unexpected(removals, ['200', '404 APP_NOT_FOUND']),
    ...unless(deleted, 'the application was not deleted'),
    ...unless(orphans === 0, `${orphans} orphan rows`),
    ...unless(
      answers.some(({ status }) => status < 300) && answers.some(({ status }) => status === 404),
      'nothing was made before, or nothing refused after',
    ),
  ];
}

async function race(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let index = 0; index < count; index++) outcomes.push(await trial(arena));
  return outcomes;
}

describe('R-09 an application is deleted while licences, users and imports come into it', () => {
  let arena: Arena;
  beforeEach(async () => {
    arena = await openArena();
  });
  afterEach(() => arena.close());

  test('R-09 nothing is left behind, and whoever comes late is told that it is gone', async () => {
    expectHeld(GOAL, await race(arena, trials(8)));
  });

  test('R-09 twin: without the foreign keys, rows of a dead application stay', async () => {
    await arena.database.pool.query(
      'ALTER TABLE licenses DROP CONSTRAINT licenses_app_fkey; ALTER TABLE app_users DROP CONSTRAINT app_users_app_fkey',
    );
    await expectRaceBroken(GOAL, trials(3), async (count) => {
      const outcomes = await race(arena, count);
      return outcomes.map((found) => found.filter((what) => what.endsWith(' orphan rows')));
    });
  });
});
