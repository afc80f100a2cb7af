import { parsePublicId } from '../../src/kernel';
import { SessionsService } from '../../src/modules/sessions';
import { JwtTokens, KeyRing } from '../../src/platform/crypto';
import { PASSWORD, unique } from '../factories';
import { http } from '../support/http';
import type { TestServer } from '../support/server';
import type { Contract, Route } from './contract';
import type { World } from './support';

/** Somebody with credentials that are good, elsewhere. */
export interface Pretender {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The kinds of routes at which these credentials are in their place. */
  readonly athome?: (route: Route) => boolean;
}

export function claimsOf(token: string): Record<string, unknown> {
  const payload = Buffer.from(token.split('.')[1]!, 'base64url').toString();
  return JSON.parse(payload) as Record<string, unknown>;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Everybody who is somebody, each on every kind of route that is not theirs. */
export async function pretenders(
  server: TestServer,
  contract: Contract,
  world: World,
): Promise<Pretender[]> {
  const { app, seller, sessionToken, ids } = world;
  const session = parsePublicId('sess', ids['sessionId']!)!;
  const clientJwt = server.app.get(SessionsService).jwtOf(app.id, session);
  const tokens = new JwtTokens(server.app.get(KeyRing));
  const { sub, sid } = claimsOf(seller.accessToken);
  const life = { issuedAt: new Date(), ttlSeconds: 3_600 };
  const forged = (audience: 'latchkey:reseller' | 'latchkey:client') =>
    bearer(tokens.issue(audience, { sub, sid, epoch: 0 }, life));
  const isSeller = ({ credential }: Route) => credential === 'seller';
  const isClient = ({ credential }: Route) => credential === 'app-client';
  const found: (Pretender | null)[] = [
    { name: 'nobody', headers: {} },
    { name: "a user's session token", headers: bearer(sessionToken) },
    { name: "a user's session as JWT", headers: bearer(clientJwt) },
    { name: 'the API key as a token', headers: bearer(app.apiKey) },
    { name: 'the API key in its header', headers: { 'x-api-key': app.apiKey }, athome: isClient },
    { name: 'a refresh token', headers: bearer(seller.refreshToken) },
    { name: 'a seller', headers: bearer(seller.accessToken), athome: isSeller },
    { name: 'a seller, as API key', headers: { 'x-api-key': seller.accessToken } },
    { name: 'a reseller’s token that names the seller', headers: forged('latchkey:reseller') },
    { name: 'a client’s token that names the seller', headers: forged('latchkey:client') },
    await aReseller(contract, world),
    await aReader(server, contract, world),
  ];
  return found.filter((one) => one !== null);
}

/** A reseller of the world's application, where the document has them. */
async function aReseller(contract: Contract, { app, seller }: World): Promise<Pretender | null> {
  if (!contract.routes.some(({ key }) => key === 'POST /v1/reseller/login')) return null;
  const account = { username: unique('reseller'), password: PASSWORD };
  await seller.post(app.path('/resellers'), account);
  const login = { ...account, appId: app.id, apiKey: app.apiKey };
  const { body } = await http(seller.url).post('/v1/reseller/login', login);
  const athome = ({ credential }: Route) => credential === 'reseller';
  return { name: 'a reseller', headers: bearer(body.data.token as string), athome };
}

/** A seller's API token that may read one thing, where the document has them. */
async function aReader(
  server: TestServer,
  contract: Contract,
  { seller }: World,
): Promise<Pretender | null> {
  if (!contract.routes.some(({ key }) => key === 'POST /v1/auth/tokens')) return null;
  const { body } = await seller.post('/v1/auth/tokens', { name: 'reader', scopes: ['logs:read'] });
  // When a token was used last is noted once a minute, whatever came of it; not while we look.
  await server.database.rows("UPDATE api_tokens SET last_used_at = now() + interval '1 day'");
  // Which routes belong to logs is not in the document; that it may only read is enough.
  const athome = ({ method, credential }: Route) => method === 'GET' && credential === 'seller';
  return { name: 'a token that may read', headers: bearer(body.data.token as string), athome };
}
