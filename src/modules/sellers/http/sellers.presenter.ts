import { publicId } from '../../../kernel';
import type { ApiToken } from '../api-tokens/api-tokens.service';
import type { Profile } from '../seller-profiles.service';
import type { LiveSignIn } from '../seller-sessions.repository';
import type { SignedInSeller } from '../sellers.service';
import type {
  ApiTokenView,
  CreatedApiTokenView,
  ProfileView,
  SignedInSellerView,
  SignInView,
} from './dto/auth.views';

/** `data` of register and login [seed 000]. */
export function presentSignedIn({ seller, tokens }: SignedInSeller): SignedInSellerView {
  const { id, email, name, plan } = seller;
  return { id: publicId('seller', id), email, name, plan, ...tokens };
}

/** `data` of profile [seed 000], and what we add: second factor, limits of the plan, usage. */
export function presentProfile(profile: Profile): ProfileView {
  const { id, email, name, plan, createdAt, twoFactor, limits, usage } = profile;
  return {
    id: publicId('seller', id),
    email,
    name,
    plan,
    createdAt: createdAt.toISOString(),
    twoFactor,
    limits: { ...limits },
    usage: { ...usage },
  };
}

/** A live sign-in; `current` is the one that asks. */
export function presentSignIn(signIn: LiveSignIn, currentId: string): SignInView {
  const { id, ip, userAgent, createdAt, rotatedAt } = signIn;
  return {
    id: publicId('ssn', id),
    ip,
    userAgent,
    createdAt: createdAt.toISOString(),
    lastUsed: rotatedAt.toISOString(),
    current: id === currentId,
  };
}

/** An API token without its secret; `tail` are its last characters. */
export function presentApiToken(token: ApiToken): ApiTokenView {
  const { id, name, tokenTail, scopes, expiresAt, lastUsedAt, createdAt } = token;
  return {
    id: publicId('tok', id),
    name,
    tail: tokenTail,
    scopes,
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

/** A new API token, with its secret this once. */
export function presentCreatedApiToken(
  made: ApiToken & { readonly token: string },
): CreatedApiTokenView {
  const { id, token, name, scopes, expiresAt } = made;
  return {
    id: publicId('tok', id),
    token,
    name,
    scopes,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
