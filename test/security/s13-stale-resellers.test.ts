import { anApp, aSeller, TestReseller } from '../factories';
import { uuidOf } from '../golden/sample';
import { freshDatabase, TestDatabase } from '../support/database';
import type { Answer } from '../support/http';
import { SpawnedServer, spawnServer } from '../support/server';
import { guardOff } from './support';

const QUIET = { BACKGROUND_JOBS: 'false' };

type Act = (reseller: TestReseller) => Promise<Answer>;

interface Case {
  readonly name: string;
  readonly act: Act;
  readonly answer: string;
  /** Whether the token alone decides; a thing that is gone cannot be found again by any twin. */
  readonly byToken: boolean;
}

const patch =
  (change: object): Act =>
  (reseller) =>
    reseller.app.seller.patch(reseller.path(), change);

const DEAD = '401 UNAUTHENTICATED';
const CASES: readonly Case[] = [
  {
    name: 'suspended',
    act: patch({ status: 'SUSPENDED' }),
    answer: DEAD,
    byToken: true,
  },
  {
    name: 'suspended and let in again',
    act: async (reseller) => {
      await patch({ status: 'SUSPENDED' })(reseller);
      return patch({ status: 'ACTIVE' })(reseller);
    },
    answer: DEAD,
    byToken: true,
  },
  {
    name: 'given another password',
    act: patch({ password: 'another password' }),
    answer: DEAD,
    byToken: true,
  },
  {
    name: 'signed out by the seller',
    act: (reseller) => reseller.app.seller.post(reseller.path('/sign-out')),
    answer: DEAD,
    byToken: true,
  },
  {
    name: 'logged out',
    act: (reseller) => reseller.post('/logout'),
    answer: DEAD,
    byToken: true,
  },
  {
    name: 'deleted',
    act: (reseller) => reseller.app.seller.delete(reseller.path()),
    answer: DEAD,
    byToken: false,
  },
  {
    name: 'reseller of an application that was paused',
    act: ({ app }) => app.seller.patch(app.path(), { status: 'PAUSED' }),
    answer: '403 RESELLER_APP_PAUSED',
    byToken: true,
  },
  {
    name: 'reseller of an application that was deleted',
    act: ({ app }) => app.seller.delete(app.path()),
    answer: DEAD,
    byToken: false,
  },
];

/** Every route of a reseller, asked at one process; the answers, each once. */
async function askAll(reseller: TestReseller, licenseId: string): Promise<string[]> {
  const answers = [
    await reseller.get('/balance'),
    await reseller.get('/stats'),
    await reseller.get('/licenses'),
    await reseller.get('/ledger'),
    await reseller.get('/ledger/export?format=csv'),
    await reseller.generate(),
    await reseller.delete(`/licenses/${licenseId}`),
    await reseller.post('/logout'),
  ];
  return [...new Set(answers.map(({ status, body }) => `${status} ${body.code ?? ''}`))];
}

describe('S-13 a reseller whose authority was taken', () => {
  let database: TestDatabase;
  let servers: SpawnedServer[];
  beforeAll(async () => {
    database = await freshDatabase();
    servers = await Promise.all([1, 2].map(() => spawnServer(database.url, { env: QUIET })));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.close();
  });

  test.each(CASES)(
    'S-13 is refused with the next request, on both processes: $name',
    async ({ act, answer }) => {
      const [here, there] = servers.map(({ url }) => url) as [string, string];
      const reseller = await (await anApp(await aSeller(here))).reseller();
      const [key] = await reseller.keys();
      for (const url of [here, there]) {
        expect((await reseller.at(url).get('/balance')).status).toBe(200);
      }
      expect((await act(reseller)).status).toBe(200);
      for (const url of [there, here]) {
        expect(await askAll(reseller.at(url), key!.id)).toEqual([answer]);
      }
      const made = await database.value(
        `SELECT count(*)::int FROM reseller_ledger
          WHERE reseller_id = $1 AND kind <> 'TOPUP'`,
        [uuidOf(reseller.id)],
      );
      expect(made).toBe(1);
    },
  );

  test('S-13 a reseller who was let in again signs in anew; an unpaused application serves again', async () => {
    const app = await anApp(await aSeller(servers[0]!.url));
    const reseller = await app.reseller();
    await patch({ status: 'SUSPENDED' })(reseller);
    await patch({ status: 'ACTIVE' })(reseller);
    const token = await app.signInReseller(reseller.username);
    const again = new TestReseller(servers[1]!.url, app, reseller.id, reseller.username, token);
    expect(await again.balance()).toBe(50);
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    await app.seller.patch(app.path(), { status: 'ACTIVE' });
    expect(await again.balance()).toBe(50);
  });

  test('S-13 twin: a token that is trusted for its signature outlives all of them', async () => {
    const opened = await freshDatabase();
    const preload = guardOff('s13-reseller-epoch');
    const server = await spawnServer(opened.url, { env: QUIET, preload });
    const outlived: string[] = [];
    for (const { name, act } of CASES.filter(({ byToken }) => byToken)) {
      const reseller = await (await anApp(await aSeller(server.url))).reseller();
      await act(reseller);
      if ((await reseller.get('/balance')).status === 200) outlived.push(name);
    }
    await server.stop();
    await opened.close();
    expect(outlived).toEqual(CASES.filter(({ byToken }) => byToken).map(({ name }) => name));
  });
});
