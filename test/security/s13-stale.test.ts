import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { aSeller, PASSWORD, TestSeller } from '../factories';
import { anApiToken, signIn, signInIdOf } from '../factories/account';
import { freshDatabase, TestDatabase } from '../support/database';
import { Answer, http } from '../support/http';
import { SpawnedServer, spawnServer } from '../support/server';
import { guardOff } from './support';

interface Scene {
  readonly database: TestDatabase;
  /** Signed in twice; the credential under test is another one's. */
  readonly seller: TestSeller;
}

interface Stale {
  readonly what: string;
  /** Gives a credential that works and what takes its authority away. */
  readonly make: (scene: Scene) => Promise<{ token: string; end: () => Promise<unknown> }>;
}

const done = (answer: Answer) => {
  if (answer.status !== 200) throw new Error(answer.text);
};

async function other({ seller }: Scene): Promise<string> {
  return (await signIn(seller)).accessToken;
}

const STALE: readonly Stale[] = [
  {
    what: 'the password was changed at another sign-in',
    make: async (scene) => ({
      token: await other(scene),
      end: async () => {
        const body = { currentPassword: PASSWORD, newPassword: 'an even better passphrase' };
        done(await scene.seller.post('/v1/auth/change-password', body));
      },
    }),
  },
  {
    what: 'the password was reset by mail',
    make: async (scene) => ({
      token: await other(scene),
      end: async () => {
        const token = randomBytes(32).toString('base64url');
        await scene.database.rows(
          `INSERT INTO password_reset_tokens (id, seller_id, token_hash, expires_at)
           SELECT $1, id, $2, now() + interval '1 h' FROM sellers WHERE email = $3`,
          [randomUUID(), createHash('sha256').update(token).digest(), scene.seller.email],
        );
        const body = { token, newPassword: 'an even better passphrase' };
        done(await http(scene.seller.url).post('/v1/auth/reset-password', body));
      },
    }),
  },
  {
    what: 'the sign-in was ended from another one',
    make: async (scene) => {
      const token = await other(scene);
      const path = `/v1/auth/sessions/${signInIdOf(token)}`;
      return { token, end: async () => done(await scene.seller.delete(path)) };
    },
  },
  {
    what: 'its owner logged out',
    make: async (scene) => {
      const token = await other(scene);
      const end = async () =>
        done(await http(scene.seller.url).post('/v1/auth/logout', undefined, { token }));
      return { token, end };
    },
  },
  {
    what: 'the seller is no more',
    make: async (scene) => ({
      token: await other(scene),
      end: () => scene.database.rows('DELETE FROM sellers WHERE email = $1', [scene.seller.email]),
    }),
  },
  {
    what: 'the API token was revoked',
    make: async ({ seller }) => {
      const { id, token } = await anApiToken(seller, ['apps:read']);
      return { token, end: async () => done(await seller.delete(`/v1/auth/tokens/${id}`)) };
    },
  },
  {
    what: 'the API token expired',
    make: async ({ database, seller }) => {
      const expiresAt = '2099-01-01T00:00:00Z';
      const { token } = await anApiToken(seller, ['apps:read'], { expiresAt });
      return { token, end: () => database.rows('UPDATE api_tokens SET expires_at = now()') };
    },
  },
];

interface Pair {
  readonly database: TestDatabase;
  readonly urls: readonly string[];
  close(): Promise<void>;
}

async function openPair(preload?: string): Promise<Pair> {
  const database = await freshDatabase();
  const servers: SpawnedServer[] = await Promise.all(
    [1, 2].map(() => spawnServer(database.url, { preload, timeoutMs: 60_000 })),
  );
  return {
    database,
    urls: servers.map(({ url }) => url),
    close: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await database.close();
    },
  };
}

/** Uses a credential on both processes, ends its authority at the first, and uses it again. */
async function statuses({ database, urls }: Pair, { make }: Stale): Promise<number[]> {
  const seller = await aSeller(urls[0]!);
  const { token, end } = await make({ database, seller });
  const use = async () => {
    const answers = urls.map((url) => http(url).get('/v1/admin/apps', { token }));
    return (await Promise.all(answers)).map(({ status }) => status);
  };
  const before = await use();
  await end();
  return [...before, ...(await use())];
}

/** Signs in with the old password while it is changed; gives how many such sign-ins live on. */
async function outlived({ urls }: Pair): Promise<number> {
  const seller = await aSeller(urls[0]!);
  const change = { currentPassword: PASSWORD, newPassword: 'an even better passphrase' };
  const body = { email: seller.email, password: PASSWORD };
  const [changed, ...signedIn] = await Promise.all([
    seller.post('/v1/auth/change-password', change),
    ...Array.from({ length: 12 }, (_, index) =>
      http(urls[index % 2]!).post('/v1/auth/login', body),
    ),
  ]);
  done(changed);
  let alive = 0;
  for (const { status, body: answer } of signedIn) {
    if (status !== 200) continue;
    const token = answer.data.accessToken as string;
    if ((await http(urls[1]!).get('/v1/auth/profile', { token })).status === 200) alive++;
  }
  return alive;
}

/** Processes under load take their time to start. */
jest.setTimeout(180_000);

describe('S-13 authority that ended', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await openPair();
  });
  afterAll(() => pair.close());

  test.each(STALE)(
    'S-13 is refused from the next request on, on every process: $what',
    async (stale) => {
      expect(await statuses(pair, stale)).toEqual([200, 200, 401, 401]);
    },
  );

  test('S-13 a sign-in that is under way does not outlive a new password', async () => {
    for (let trial = 0; trial < 5; trial++) expect(await outlived(pair)).toBe(0);
  });

  test('S-13 twin: processes that remember whom they let in go on letting them in', async () => {
    const unguarded = await openPair(guardOff('s13-remembered'));
    for (const stale of STALE) {
      const [, , , after] = await statuses(unguarded, stale);
      expect(`${stale.what}: ${after}`).toBe(`${stale.what}: 200`);
    }
    await unguarded.close();
  });

  test('S-13 twin: where a sign-in does not look again, it outlives the new password', async () => {
    const unguarded = await openPair(guardOff('s13-unlocked'));
    expect(await outlived(unguarded)).toBeGreaterThan(0);
    await unguarded.close();
  });
});
