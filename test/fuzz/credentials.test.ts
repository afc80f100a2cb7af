import { request } from 'node:http';
import { AccessRegistry } from '../../src/platform/http';
import { KeyRing } from '../../src/platform/crypto';
import { aSeller, PASSWORD, TestSeller } from '../factories';
import { Contract } from '../security/contract';
import { aWorld, GoodRequest, goodRequest, inject, requests, snapshot } from '../security/support';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { Wallet, WrongCredential, wrongCredentials } from './credentials';
import { Tally } from './run';
import type { Request } from './worlds';
import { isFailure } from '../support/failure';

/** Another sign-in of a seller, ended. */
async function endedSignIn(url: string, { email }: TestSeller): Promise<string> {
  const login = await http(url).post('/v1/auth/login', { email, password: PASSWORD });
  const token = login.body.data.accessToken as string;
  await http(url).post('/v1/auth/logout', undefined, { token });
  return token;
}

async function aWallet(server: TestServer): Promise<Wallet> {
  const world = await aWorld(await aSeller(server.url));
  const stranger = await aWorld(await aSeller(server.url));
  const { app, seller, user } = world;
  const signIn = { ...user, password: PASSWORD };
  const headers = { 'x-api-key': app.apiKey };
  const client = await http(server.url).post('/v1/client/login', signIn, { headers });
  const formerApiKey = app.apiKey;
  const renewed = await seller.post(app.path('/regenerate-key'));
  Object.assign(app, { apiKey: renewed.body.data.apiKey as string });
  return {
    world,
    stranger,
    jwtKey: server.app.get(KeyRing).jwtSecret,
    ended: await endedSignIn(server.url, seller),
    clientJwt: client.body.data.token as string,
    formerApiKey,
  };
}

interface Target {
  readonly kind: Request;
  readonly good: GoodRequest;
}

describe('F-03 wrong credentials', () => {
  let server: TestServer;
  let contract: Contract;
  let wallet: Wallet;
  const targets: Target[] = [];
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false', LOGIN_MAX_ATTEMPTS: '100' });
    contract = new Contract(server.app);
    wallet = await aWallet(server);
    // That they are granted with the right credentials, F-01 shows.
    for (const kind of requests(contract)) {
      targets.push({ kind, good: await goodRequest(contract, kind, wallet.world) });
    }
  }, 180_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  async function show({ kind, good }: Target, { headers, fields }: WrongCredential) {
    const body = good.body && { ...good.body, ...fields };
    return inject(server, kind.route.method, good.path, { headers, body });
  }

  async function sweep(chosen: readonly Target[]): Promise<Tally> {
    const tally = new Tally();
    const before = await snapshot(server.database);
    for (const target of chosen) {
      const { kind, good } = target;
      for (const wrong of wrongCredentials(contract, kind.route, good.token, wallet) ?? []) {
        const { status, body, text } = await show(target, wrong);
        tally.sent++;
        const refused = [401, 403, 404].includes(status) && isFailure(body) && body.code;
        if (!refused) tally.found(`${kind.name}, ${wrong.name}: ${status}`, text);
      }
    }
    const after = await snapshot(server.database);
    for (const [table, digest] of Object.entries(after)) {
      if (before[table] !== digest) tally.found(`stored in ${table}`);
    }
    return tally;
  }

  test('F-03 every route × every wrong credential: 401, 403 or 404, nothing stored', async () => {
    const tally = await sweep(targets);
    expect(tally.kinds).toEqual([]);
    expect(tally.sent).toBeGreaterThan(
      12 * targets.filter(({ kind }) => kind.route.secured).length,
    );
  }, 180_000);

  test("F-03 another application's genuine key opens nothing of this one", async () => {
    const headers = { 'x-api-key': wallet.stranger.app.apiKey };
    const granted: string[] = [];
    for (const target of targets) {
      if (target.kind.route.credential !== 'app-client') continue;
      const { status, text } = await show(target, { name: 'foreign key', headers });
      // A licence key that the other application does not have is bad input to its registration.
      if (![400, 401, 403, 404].includes(status)) granted.push(`${target.kind.name}: ${text}`);
    }
    expect(granted).toEqual([]);
  });

  test('F-03 public routes take no notice of any credential', async () => {
    const genuine = wallet.world.seller.accessToken;
    const shown = [genuine, wallet.ended, 'garbage', ''].map((token) => `Bearer ${token}`);
    const differing: string[] = [];
    for (const { kind, good } of targets) {
      if (wrongCredentials(contract, kind.route, good.token, wallet) !== null) continue;
      // Without their fields, so that nothing is done.
      const body = good.body && {};
      const ask = (headers: Record<string, string>) =>
        inject(server, kind.route.method, good.path, { headers, body });
      const plain = await ask({});
      for (const authorization of shown) {
        const { status } = await ask({ authorization });
        if (status !== plain.status) differing.push(`${kind.name}, ${authorization}: ${status}`);
      }
    }
    expect(differing).toEqual([]);
  });

  test('F-03 two Authorization headers are none, whichever is the good one', async () => {
    const genuine = `Bearer ${wallet.world.seller.accessToken}`;
    const ask = (...values: string[]) =>
      new Promise<number>((resolve, reject) => {
        const lines = values.flatMap((value) => ['Authorization', value]);
        const { host } = new URL(server.url);
        const headers = ['Host', host, ...lines];
        request(`${server.url}/v1/auth/profile`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        })
          .on('error', reject)
          .end();
      });
    expect(await ask(genuine)).toBe(200);
    expect(await ask('Bearer x', genuine)).toBe(401);
    expect(await ask(genuine, 'Bearer x')).toBe(401);
    expect(await ask(genuine, genuine)).toBe(401);
  });

  test('F-03 twin: with a guard that lets everybody in, every reading route is found', async () => {
    const { id, accessToken } = wallet.world.seller;
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as {
      sid: string;
    };
    const seller = { kind: 'seller' as const, sellerId: id, sessionId: claims.sid, token: null };
    jest.spyOn(server.app.get(AccessRegistry), 'resolver').mockReturnValue(async () => seller);
    const reading = targets.filter(
      ({ kind: { route } }) => route.method === 'GET' && route.credential === 'seller',
    );
    const { kinds } = await sweep(reading);
    const found = reading.filter(({ kind }) => kinds.some((flaw) => flaw.startsWith(kind.name)));
    expect(found).toHaveLength(reading.length);
  });
});
