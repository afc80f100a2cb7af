import { startTestServer, TestServer } from '../../../test/support/server';
import { ChangeFeed } from './change-feed';
import { DatabaseHost, Repository } from './repository';
import { Transactions } from './transactions';

class Scratch extends Repository {
  async add(name: string): Promise<void> {
    await this.rows('INSERT INTO scratch (name) VALUES ($1)', [name]);
  }

  lock(name: string) {
    return this.one('SELECT name FROM scratch WHERE name = $1 FOR UPDATE', [name]);
  }

  fail(sqlState: string) {
    return this.rows(`DO $$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '${sqlState}'; END $$`);
  }
}

describe('the unit of work', () => {
  let server: TestServer;
  let transactions: Transactions;
  let changes: ChangeFeed;
  let scratch: Scratch;
  beforeAll(async () => {
    server = await startTestServer();
    transactions = server.app.get(Transactions);
    changes = server.app.get(ChangeFeed);
    scratch = new Scratch(server.app.get(DatabaseHost));
    await server.database.rows('CREATE TABLE scratch (name text)');
  });
  afterAll(() => server.close());

  const names = async (like: string) =>
    (
      await server.database.rows<{ name: string }>(
        'SELECT name FROM scratch WHERE name LIKE $1 ORDER BY 1',
        [like],
      )
    ).map(({ name }) => name);

  test('what is deferred is written with the commit, and not without it', async () => {
    const defer = (name: string) =>
      transactions.defer((bind) => `INSERT INTO scratch (name) VALUES (${bind(name)})`);
    await transactions.run(async () => {
      defer('a1');
      defer('a2');
      await scratch.add('a0');
      expect(await names('a%')).toEqual([]);
    });
    expect(await names('a%')).toEqual(['a0', 'a1', 'a2']);
    const failing = transactions.run(async () => {
      defer('b1');
      await scratch.add('b0');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await names('b%')).toEqual([]);
  });

  test('an inner run belongs to the outer one', async () => {
    const failing = transactions.run(async () => {
      await transactions.run(() => scratch.add('c0'));
      throw new Error('outer');
    });
    await expect(failing).rejects.toThrow('outer');
    expect(await names('c%')).toEqual([]);
  });

  test.each([
    ['40P01', 3],
    ['40001', 3],
    ['23505', 1],
  ])('SQLSTATE %s is tried %i times as a whole', async (sqlState, times) => {
    let tries = 0;
    const failing = transactions.run(async () => {
      tries++;
      await scratch.fail(sqlState);
    });
    await expect(failing).rejects.toMatchObject({ code: sqlState });
    expect(tries).toBe(times);
  });

  test('a real deadlock reaches nobody', async () => {
    await scratch.add('d1');
    await scratch.add('d2');
    let waiting = 0;
    const both = new Set<() => void>();
    const meet = () =>
      new Promise<void>((resolve) => {
        both.add(resolve);
        if (++waiting >= 2) both.forEach((go) => go());
      });
    const lockBoth = (one: string, other: string) =>
      transactions.run(async () => {
        await scratch.lock(one);
        await meet();
        await scratch.lock(other);
      });
    await expect(Promise.all([lockBoth('d1', 'd2'), lockBoth('d2', 'd1')])).resolves.toBeDefined();
  });

  test('a change is heard here before the run resolves, and not when it rolls back', async () => {
    const heard: string[] = [];
    changes.subscribe((topic, id) => heard.push(`${topic}:${id}`));
    await transactions.run(() => {
      transactions.announce('app', 'one');
      return Promise.resolve();
    });
    expect(heard).toContain('app:one');
    const failing = transactions.run(() => {
      transactions.announce('app', 'two');
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(heard).not.toContain('app:two');
  });

  test('nothing can be deferred outside of a run', () => {
    expect(() => transactions.announce('app', 'x')).toThrow('not inside a transaction');
  });
});
