import type { Contract, Route } from '../security/contract';
import { HEADER, token as signed } from '../security/forgeries';
import type { World } from '../security/support';

/** A way to show nothing, or not the right thing. */
export interface WrongCredential {
  readonly name: string;
  readonly headers: Record<string, string>;
  /** Written over the body, where the wire has its credentials there. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** What the wrong credentials are made of. */
export interface Wallet {
  /** Whose things the requests are about. */
  readonly world: World;
  readonly stranger: World;
  /** The key that signs tokens: forged with it, only the claims are wrong. */
  readonly jwtKey: string;
  /** The access token of a sign-in of the same seller that was ended. */
  readonly ended: string;
  /** The `token` of document 001, of a user of the world. */
  readonly clientJwt: string;
  /** A key that the application had before it was given another. */
  readonly formerApiKey: string;
}

function claimsOf(jwt: string): Record<string, unknown> {
  const payload = Buffer.from(jwt.split('.')[1]!, 'base64url').toString();
  return JSON.parse(payload) as Record<string, unknown>;
}

/** Wrong bearer tokens, made from the genuine one of the route's own kind. */
function bearer(genuine: string, wallet: Wallet): WrongCredential[] {
  const { world, jwtKey, ended, clientJwt } = wallet;
  const claims = claimsOf(genuine);
  const kinds = ['latchkey:seller', 'latchkey:reseller', 'latchkey:client'];
  const foreign = kinds.filter((aud) => aud !== claims['aud']);
  const hour = Math.floor(Date.now() / 1_000) - 3_600;
  const basic = Buffer.from(`${world.seller.email}:securepass123`).toString('base64');
  const values: Record<string, string> = {
    empty: '',
    'the word alone': 'Bearer',
    'the word and a blank': 'Bearer ',
    garbage: 'Bearer gAr.bA.gE',
    'without the word': genuine,
    'another word': `Token ${genuine}`,
    truncated: `Bearer ${genuine.slice(0, -10)}`,
    expired: `Bearer ${signed(HEADER, { ...claims, iat: hour - 60, exp: hour }, jwtKey)}`,
    'of an ended sign-in': `Bearer ${ended}`,
    'session token': `Bearer ${world.sessionToken}`,
    'token of document 001': `Bearer ${clientJwt}`,
    'refresh token': `Bearer ${world.seller.refreshToken}`,
    'API key': `Bearer ${world.app.apiKey}`,
    'no API token': `Bearer lk_${'0123456789abcdef'.repeat(4)}`,
    'two in one': `Bearer ${genuine}, Bearer ${genuine}`,
    Basic: `Basic ${basic}`,
  };
  for (const aud of foreign) {
    values[`for ${aud}`] = `Bearer ${signed(HEADER, { ...claims, aud }, jwtKey)}`;
  }
  if (!genuine.includes(world.seller.accessToken)) {
    values["a seller's"] = `Bearer ${world.seller.accessToken}`;
  }
  return [
    { name: 'none', headers: {} },
    ...Object.entries(values).map(([name, authorization]) => ({
      name,
      headers: { authorization },
    })),
    { name: 'as cookie', headers: { cookie: `access_token=${genuine}` } },
    { name: 'as X-Api-Key', headers: { 'x-api-key': genuine } },
  ];
}

/** Keys that are none of the application's. */
function wrongKeys({ world, clientJwt, formerApiKey }: Wallet): Record<string, string> {
  const { apiKey } = world.app;
  return {
    garbage: 'garbage',
    truncated: apiKey.slice(0, -1),
    'upper case': apiKey.toUpperCase(),
    twice: `${apiKey}, ${apiKey}`,
    former: formerApiKey,
    'application id': world.app.id,
    'session token': world.sessionToken,
    'access token': world.seller.accessToken,
    'token of document 001': clientJwt,
    'a reseller-like key': `rk_${apiKey.slice(3)}`,
  };
}

function apiKeyHeader(wallet: Wallet): WrongCredential[] {
  const authorization = `Bearer ${wallet.world.app.apiKey}`;
  return [
    { name: 'none', headers: {} },
    { name: 'empty', headers: { 'x-api-key': '' } },
    { name: 'as bearer', headers: { authorization } },
    {
      name: "seller's token",
      headers: { authorization: `Bearer ${wallet.world.seller.accessToken}` },
    },
    ...Object.entries(wrongKeys(wallet)).map(([name, key]) => ({
      name,
      headers: { 'x-api-key': key },
    })),
  ];
}

function gatewayKeyHeader({ world, stranger }: Wallet): WrongCredential[] {
  const { gatewayKey, app, seller } = world;
  const values = {
    empty: '',
    garbage: 'garbage',
    truncated: gatewayKey.slice(0, -1),
    'upper case': gatewayKey.toUpperCase(),
    twice: `${gatewayKey}, ${gatewayKey}`,
    basic: `Basic ${gatewayKey}`,
    'an application’s key': app.apiKey,
    "another seller's token": `Bearer ${stranger.seller.accessToken}`,
    "seller's token": seller.accessToken,
  };
  return [
    { name: 'none', headers: {} },
    { name: 'as X-Api-Key', headers: { 'x-api-key': gatewayKey } },
    ...Object.entries(values).map(([name, authorization]) => ({
      name,
      headers: { authorization },
    })),
  ];
}

function apiKeyField(wallet: Wallet): WrongCredential[] {
  const { world, stranger } = wallet;
  // Longer than the field, a token is bad input rather than a bad key.
  const wrong = Object.entries(wrongKeys(wallet))
    .map(([name, apiKey]) => ({ name, apiKey }))
    .filter(({ apiKey }) => apiKey.length <= 128);
  return [
    ...wrong.map(({ name, apiKey }) => ({ name, headers: {}, fields: { apiKey } })),
    { name: "another application's key", headers: {}, fields: { apiKey: stranger.app.apiKey } },
    { name: 'for another application', headers: {}, fields: { appId: stranger.app.id } },
    {
      name: 'right key in the wrong place',
      headers: { 'x-api-key': world.app.apiKey },
      fields: { apiKey: 'x' },
    },
  ];
}

/**
 * Wrong credentials by the security scheme that a route names in the document.
 * @throws where a scheme or its genuine credential is not known here yet
 */
export function wrongCredentials(
  contract: Contract,
  route: Route,
  genuine: string | undefined,
  wallet: Wallet,
): WrongCredential[] | null {
  const body = route.body && contract.resolve(route.body);
  const inBody = body?.discriminator !== undefined || body?.properties?.['apiKey'] !== undefined;
  if (route.credential === null) return inBody ? apiKeyField(wallet) : null;
  if (route.credential === 'app-client') return apiKeyHeader(wallet);
  if (route.credential === 'gateway') return gatewayKeyHeader(wallet);
  if (genuine === undefined) {
    throw new Error(
      `${route.key}: goodRequest has no token of kind ${route.credential as string}: add one to ` +
        'World, aWorld and shown() in test/security/support.ts',
    );
  }
  return bearer(genuine, wallet);
}
