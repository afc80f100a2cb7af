import { SellerSessions } from '../../src/modules/sellers/seller-sessions.service';
import { aSeller, TestSeller } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';

/** Who refreshes next. Both begin with a copy of the same token. */
type Party = 'owner' | 'thief';

/** All orders of one to four moves. */
function orders(): Party[][] {
  const all: Party[][] = [];
  let longest: Party[][] = [[]];
  for (let moves = 1; moves <= 4; moves++) {
    longest = longest.flatMap((order): Party[][] => [
      [...order, 'owner'],
      [...order, 'thief'],
    ]);
    all.push(...longest);
  }
  return all;
}

/** What each move must answer, by the rule alone: the first reuse of a spent token ends it all. */
function expected(order: readonly Party[]): { statuses: number[]; reuse: boolean } {
  const holds = { owner: 0, thief: 0 };
  let newest = 0;
  let dead = false;
  const statuses = order.map((party) => {
    dead ||= holds[party] !== newest;
    if (!dead) holds[party] = ++newest;
    return dead ? 401 : 200;
  });
  return { statuses, reuse: dead };
}

describe('S-14 a stolen refresh token', () => {
  let server: TestServer;
  beforeAll(async () => {
    // Mails stay in the queue, to be looked at.
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  const refresh = (refreshToken: string) =>
    http(server.url).post('/v1/auth/refresh', { refreshToken });
  const alerts = (seller: TestSeller) =>
    server.database.value<number>(
      `SELECT count(*)::int FROM mails
        WHERE recipient = $1 AND subject = 'Security alert: a sign-in was ended'`,
      [seller.email],
    );
  /** Later than a client that lost its answer would ask again. */
  const later = (seller: TestSeller) =>
    server.database.rows(
      `UPDATE seller_sessions SET rotated_at = rotated_at - interval '31 s'
        WHERE seller_id = (SELECT id FROM sellers WHERE email = $1)`,
      [seller.email],
    );

  /** Plays one order; tells what was otherwise than the rule says. */
  async function play(order: readonly Party[]): Promise<string[]> {
    const seller = await aSeller(server.url);
    const tokens = { owner: seller.refreshToken, thief: seller.refreshToken };
    const access = [seller.accessToken];
    const statuses: number[] = [];
    for (const party of order) {
      const answer = await refresh(tokens[party]);
      statuses.push(answer.status);
      if (answer.status === 200) {
        tokens[party] = answer.body.data.refreshToken;
        access.push(answer.body.data.accessToken);
      }
      await later(seller);
    }
    const rule = expected(order);
    const live: string[] = [];
    for (const token of access) {
      if ((await http(server.url).get('/v1/auth/profile', { token })).status === 200) {
        live.push(token);
      }
    }
    const name = order.join(', ');
    const problems: string[] = [];
    if (statuses.join() !== rule.statuses.join()) problems.push(`${name}: ${statuses.join()}`);
    if (rule.reuse && live.length > 0) problems.push(`${name}: an access token works on`);
    if (!rule.reuse && live.length === 0) problems.push(`${name}: the owner was signed out`);
    const sent = await alerts(seller);
    if (sent !== (rule.reuse ? 1 : 0)) problems.push(`${name}: ${sent} alerts`);
    return problems;
  }

  test('S-14 thief and owner in every order of up to four moves: dead after the first reuse, and the owner is told', async () => {
    const all = orders();
    expect(all).toHaveLength(30);
    expect(all.filter((order) => expected(order).reuse).length).toBeGreaterThan(15);
    for (const order of all) expect(await play(order)).toEqual([]);
  });

  test('S-14 a thief who is quick gets the same pair as the owner: the next of them to return ends it', async () => {
    const seller = await aSeller(server.url);
    const [owner, thief] = [await refresh(seller.refreshToken), await refresh(seller.refreshToken)];
    expect(thief.body.data).toEqual(owner.body.data);
    const { refreshToken } = owner.body.data;
    expect((await refresh(refreshToken)).status).toBe(200);
    await later(seller);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await alerts(seller)).toBe(1);
  });

  test('S-14 twin: where reuse has no consequence, every order with a reuse is wrong', async () => {
    const prototype = SellerSessions.prototype as unknown as { revokeFamily(): Promise<null> };
    jest.spyOn(prototype, 'revokeFamily').mockResolvedValue(null);
    const stolen = orders().filter((order) => expected(order).reuse);
    const wrong: Party[][] = [];
    for (const order of stolen) if ((await play(order)).length > 0) wrong.push(order);
    expect(wrong.length / stolen.length).toBeGreaterThanOrEqual(0.9);
  });
});
