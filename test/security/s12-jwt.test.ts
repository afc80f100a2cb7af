import { Strategy } from 'passport-jwt';
import { SellerSessionsRepository } from '../../src/modules/sellers/seller-sessions.repository';
import { KeyRing } from '../../src/platform/crypto';
import { aSeller, TestSeller } from '../factories';
import { send } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import {
  algorithmForgeries,
  claimForgeries,
  Forgery,
  HEADER,
  headerForgeries,
  mutate,
  shapeForgeries,
  signatureForgeries,
  token,
} from './forgeries';
import { inject, seeded, snapshot } from './support';

/** Switches that the twins turn off. */
const mockGuards = { header: true };
jest.mock('../../src/platform/crypto/jwt', () => {
  const actual = jest.requireActual<{ isOurJwt: (token: string) => boolean }>(
    '../../src/platform/crypto/jwt',
  );
  return {
    ...actual,
    isOurJwt: (token: string) => !mockGuards.header || actual.isOurJwt(token),
  };
});

const FUZZED = 10_000;
const SEED = 20_250_712;

describe('S-12 only tokens that this server made open a seller route', () => {
  let server: TestServer;
  let seller: TestSeller;
  let key: string;
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    seller = await aSeller(server.url);
    key = server.app.get(KeyRing).jwtSecret;
    const payload = Buffer.from(seller.accessToken.split('.')[1]!, 'base64url').toString();
    claims = JSON.parse(payload) as Record<string, unknown>;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    mockGuards.header = true;
  });
  afterAll(() => server.close());

  /** The forgeries that were not answered 401 in the shape of the house. */
  async function accepted(forgeries: readonly Forgery[]): Promise<string[]> {
    const findings: string[] = [];
    for (const { name, token: forged } of forgeries) {
      const headers = { authorization: `Bearer ${forged}` };
      const { status, body, text } = await inject(server, 'GET', '/v1/auth/profile', { headers });
      const refused = status === 401 && body.success === false && body.code === 'UNAUTHENTICATED';
      const shape = Object.keys(body as object).join() === 'success,message,code,requestId';
      if (!refused || !shape) findings.push(`${name}: ${status} ${text}`);
    }
    return findings;
  }

  async function endedSession(): Promise<Forgery> {
    const other = await aSeller(server.url);
    await other.post('/v1/auth/logout');
    return { name: 'sign-in that was ended', token: other.accessToken };
  }

  async function strangers(): Promise<Forgery[]> {
    const other = await aSeller(server.url);
    const payload = Buffer.from(other.accessToken.split('.')[1]!, 'base64url').toString();
    const { sub, sid } = JSON.parse(payload) as Record<string, string>;
    const unknown = '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c';
    return [
      { name: "another seller's sign-in", token: token(HEADER, { ...claims, sid }, key) },
      { name: 'the sign-in of another seller', token: token(HEADER, { ...claims, sub }, key) },
      { name: 'unknown sign-in', token: token(HEADER, { ...claims, sid: unknown }, key) },
      { name: 'unknown seller', token: token(HEADER, { ...claims, sub: unknown }, key) },
    ];
  }

  test('S-12 the genuine token opens, and one that we sign the same way: the rest fails for its flaw', async () => {
    const same = token(HEADER, claims, key);
    for (const genuine of [seller.accessToken, same]) {
      const answer = await inject(server, 'GET', '/v1/auth/profile', { token: genuine });
      expect(answer.status).toBe(200);
    }
  });

  test('S-12 algorithm none, HS/RS/EdDSA confusion', async () => {
    expect(await accepted(algorithmForgeries(claims, key))).toEqual([]);
  });

  test('S-12 kid, jku, jwk, x5u, crit, wrong typ, though our key signed them', async () => {
    expect(await accepted(headerForgeries(claims, key))).toEqual([]);
  });

  test('S-12 foreign keys and edited payloads', async () => {
    const { id } = await aSeller(server.url);
    expect(await accepted(signatureForgeries(claims, seller.accessToken, id))).toEqual([]);
  });

  test('S-12 wrong aud, iss, exp, nbf, sub and sid, duplicate and non-string claims, though our key signed them', async () => {
    expect(await accepted(claimForgeries(claims, key))).toEqual([]);
    expect(await accepted([...(await strangers()), await endedSession()])).toEqual([]);
  });

  test('S-12 whitespace, 1 MB and other things that are no token', async () => {
    expect(await accepted(shapeForgeries(seller.accessToken))).toEqual([]);
    const big = { authorization: `Bearer ${'a'.repeat(1 << 20)}` };
    const status = await send(server.url, 'GET', '/v1/auth/profile', undefined, { headers: big })
      .then((answer) => answer.status)
      // Node may cut the connection before the whole header is read.
      .catch(() => 431);
    expect([401, 431]).toContain(status);
  });

  test(`S-12 ${FUZZED} mutations of a genuine token (seed ${SEED}), none stored anything`, async () => {
    const draw = seeded(SEED);
    const forgeries: Forgery[] = [];
    while (forgeries.length < FUZZED) {
      const mutated = mutate(seller.accessToken, draw);
      // Spaces at the ends belong to the header line, not to the token.
      if (mutated.trim() === seller.accessToken) continue;
      forgeries.push({ name: mutated, token: mutated });
    }
    const before = await snapshot(server.database);
    expect(await accepted(forgeries)).toEqual([]);
    expect(await snapshot(server.database)).toEqual(before);
  });

  test('S-12 twin: without the signature check edited payloads open', async () => {
    const decode: (...given: unknown[]) => void = (given, _key, _options, done) => {
      const payload = Buffer.from(String(given).split('.')[1]!, 'base64url').toString();
      (done as (error: null, payload: unknown) => void)(null, JSON.parse(payload));
    };
    jest.spyOn(Strategy as never, 'JwtVerifier').mockImplementation(decode as never);
    const forgeries = signatureForgeries(claims, seller.accessToken, seller.id);
    const signed = forgeries.filter(({ name }) => name.startsWith('signed with'));
    expect((await accepted(signed)).length).toBe(signed.length);
    const expired = claimForgeries(claims, key).filter(({ name }) => /"(aud|iss|exp)"/.test(name));
    expect((await accepted(expired)).length).toBeGreaterThan(0.9 * expired.length);
  });

  test('S-12 twin: without the header check tokens that name their own key open', async () => {
    mockGuards.header = false;
    const forgeries = headerForgeries(claims, key).filter(({ name }) => name.includes('":'));
    expect((await accepted(forgeries)).length).toBeGreaterThan(0.8 * forgeries.length);
  });

  test('S-12 twin: without the session check an ended sign-in opens', async () => {
    const ended = await endedSession();
    jest.spyOn(SellerSessionsRepository.prototype, 'isLive').mockResolvedValue(true);
    expect(await accepted([ended])).toHaveLength(1);
  });
});
