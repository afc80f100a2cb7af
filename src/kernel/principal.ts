/** How a request proved who it is. `public` proved nothing and needs not. */
export type AccessKind = 'public' | 'seller' | 'reseller' | 'app-client' | 'gateway';

export type Principal =
  PublicPrincipal | SellerPrincipal | ResellerPrincipal | AppClientPrincipal | GatewayPrincipal;

export interface PublicPrincipal {
  readonly kind: 'public';
}

/** The parts of a seller's account that an API token can be limited to. */
export const SCOPE_AREAS = [
  'apps',
  'licenses',
  'users',
  'sessions',
  'blacklist',
  'variables',
  'files',
  'referrals',
  'resellers',
  'logs',
  'webhooks',
  'builder',
] as const;
export type ScopeArea = (typeof SCOPE_AREAS)[number];

/** What an API token may do; `write` includes `read`. */
export type Scope = `${ScopeArea}:${'read' | 'write'}`;
export const SCOPES = SCOPE_AREAS.flatMap((area): Scope[] => [`${area}:read`, `${area}:write`]);

/** Whether scopes allow what `needed` names. */
export function coversScope(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || scopes.includes(needed.replace(/read$/, 'write') as Scope);
}

/** A seller (the tenant), signed in through an access token, or acting through an API token. */
export interface SellerPrincipal {
  readonly kind: 'seller';
  readonly sellerId: string;
  /** The sign-in behind an access token; ending it makes the token worthless at once. */
  readonly sessionId: string | null;
  /** The API token, when the request came with one instead. */
  readonly token: { readonly id: string; readonly scopes: readonly Scope[] } | null;
}

/** A seller who signed in: the only one who may change the account itself. */
export interface SignedInSellerPrincipal extends SellerPrincipal {
  readonly sessionId: string;
  readonly token: null;
}

/** A reseller of one application, signed in. */
export interface ResellerPrincipal {
  readonly kind: 'reseller';
  readonly resellerId: string;
  readonly appId: string;
  /** The tenant whose application it is. */
  readonly sellerId: string;
}

/** A client program that showed the API key of its application. */
export interface AppClientPrincipal {
  readonly kind: 'app-client';
  readonly appId: string;
  readonly sellerId: string;
}

/** A program that showed the key of its seller's gateway. */
export interface GatewayPrincipal {
  readonly kind: 'gateway';
  readonly sellerId: string;
}

/** Where a request came from: recorded with whatever it changes. */
export interface Origin {
  readonly requestId: string;
  /** Client address as the configured proxies report it; never taken from an unlisted proxy. */
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A signed-in seller together with the origin of this one request. */
export interface SellerCaller extends Origin {
  readonly seller: SellerPrincipal;
}

/** The same for routes of the account, which no API token reaches. */
export interface SignedInSellerCaller extends Origin {
  readonly seller: SignedInSellerPrincipal;
}

/** A signed-in reseller together with the origin of this one request. */
export interface ResellerCaller extends Origin {
  readonly reseller: ResellerPrincipal;
}
