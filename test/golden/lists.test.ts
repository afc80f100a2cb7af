import { anApp, TestApp, unique } from '../factories';
import { startTestServer, TestServer } from '../support/server';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  app = await anApp(server.url);
});
afterAll(() => server.close());

interface Listed {
  readonly id: string;
}

/** Every page of a list, by its cursor; `between` happens after each page. */
async function walk(
  path: string,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null; pages++) {
    if (pages > 100) throw new Error('the list does not end');
    const join: string = path.includes('?') ? '&' : '?';
    const query = cursor === '' ? '' : `${join}cursor=${cursor}`;
    const answer = await app.seller.get(app.path(path + query));
    expect(answer.status).toBe(200);
    ids.push(...answer.body.data.map(({ id }: Listed) => id));
    cursor = answer.body.pagination.nextCursor as string | null;
    await between();
  }
  return ids;
}

describe('lists', () => {
  test('a cursor walks every row once, the newest first, also rows of one instant', async () => {
    const made = await app.licenses({ count: 23 });
    const ids = await walk('/licenses?limit=5');
    expect(new Set(ids).size).toBe(23);
    expect(ids.sort()).toEqual(made.map(({ id }) => id).sort());
  });

  test('rows that come or go meanwhile neither repeat nor hide others', async () => {
    const made = await app.licenses({ count: 20 });
    const doomed = made.map(({ id }) => id);
    const ids = await walk('/licenses?limit=4', async () => {
      await app.licenses({ count: 3 });
      const gone = doomed.pop()!;
      await app.seller.delete(app.path(`/licenses/${gone}`));
    });
    expect(new Set(ids).size).toBe(ids.length);
    const stayed = made.map(({ id }) => id).filter((id) => doomed.includes(id));
    expect(ids).toEqual(expect.arrayContaining(stayed));
  });

  test('a cursor keeps to its filter and to the application', async () => {
    const names = [unique('ann'), unique('ann'), unique('bob')];
    for (const username of names) await app.user({ username });
    const other = await anApp(app.seller);
    await other.user({ username: unique('ann') });
    expect(await walk('/users?search=ann&limit=1')).toHaveLength(2);
  });

  test('totals follow what is made, deleted and cascaded, and are added up in the background', async () => {
    const total = async (what: string) =>
      (await app.seller.get(app.path(`/${what}`))).body.pagination.total as number;
    const [first] = await app.licenses({ count: 7 });
    await app.user();
    await app.seller.delete(app.path(`/licenses/${first!.id}`));
    expect([await total('licenses'), await total('users')]).toEqual([7, 1]);
    const sums = () =>
      server.database.rows(
        'SELECT thing, sum(change)::int AS n FROM app_counts WHERE app_id = $1 GROUP BY 1 ORDER BY 1',
        [app.id],
      );
    expect(await sums()).toEqual([
      { thing: 'licenses', n: 7 },
      { thing: 'users', n: 1 },
    ]);
    await app.seller.delete(app.path());
    expect(await sums()).toEqual([
      { thing: 'licenses', n: 0 },
      { thing: 'users', n: 0 },
    ]);
  });

  test('more than 10,000 rows that match a filter are estimated, and said to be', async () => {
    await server.database.rows(
      `INSERT INTO licenses (id, app_id, key, level, max_devices)
       SELECT gen_random_uuid(), $1, 'K-' || n, 1, 1 FROM generate_series(1, 10050) n`,
      [app.id],
    );
    await server.database.rows('ANALYZE licenses');
    const filtered = await app.seller.get(app.path('/licenses?status=UNUSED&limit=1'));
    expect(filtered.body.pagination.totalIsEstimate).toBe(true);
    expect(filtered.body.pagination.total).toBeGreaterThan(10_000);
    const whole = await app.seller.get(app.path('/licenses?limit=1'));
    expect(whole.body.pagination).toMatchObject({ total: 10_050 });
    expect(whole.body.pagination).not.toHaveProperty('totalIsEstimate');
  });

  test('a search finds text, not patterns', async () => {
    for (const username of ['100%', '1000', 'a_b', 'aXb', 'back\\slash']) {
      await app.user({ username });
    }
    const found = async (search: string) => {
      const answer = await app.seller.get(app.path(`/users?search=${encodeURIComponent(search)}`));
      return answer.body.data.map(({ username }: { username: string }) => username).sort();
    };
    expect(await found('0%')).toEqual(['100%']);
    expect(await found('a_b')).toEqual(['a_b']);
    expect(await found('\\s')).toEqual(['back\\slash']);
  });
});
