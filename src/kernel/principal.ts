/** How a request proved who it is. `public` proved nothing and needs not. */
export type AccessKind = 'public' | 'seller';

export type Principal = PublicPrincipal | SellerPrincipal;

export interface PublicPrincipal {
  readonly kind: 'public';
}

/** A seller (the tenant) signed in through an access token. */
export interface SellerPrincipal {
  readonly kind: 'seller';
  readonly sellerId: string;
  /** The sign-in behind the token; ending it makes the token worthless at once. */
  readonly sessionId: string;
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
