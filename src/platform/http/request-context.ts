import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type {
  Origin,
  Principal,
  ResellerCaller,
  SellerCaller,
  SignedInSellerCaller,
} from '../../kernel';
import { addressText, parseAddress } from '../network';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard. */
    principal?: Principal;
    /** Set by the access guard: asks once more who sends this, for answers that last. */
    authenticateAgain?: () => Promise<Principal>;
  }
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const USER_AGENT_MAX = 256;

/** The caller's `X-Request-Id` when it is harmless, else null. */
export function suppliedRequestId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : null;
}

/** Path of a request without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The same for the log: a licence key in it is a secret. */
export function loggedPath(url: string): string {
  return pathOf(url).replace(/(\/by-key\/)[^/]+/, '$1[redacted]');
}

export function originOf(request: FastifyRequest): Origin {
  return {
    requestId: request.id,
    ip: request.ip ? plainAddress(request.ip) : null,
    userAgent: request.headers['user-agent']?.slice(0, USER_AGENT_MAX) ?? null,
  };
}

/** The one spelling of an address, by which it is bound and counted; a proxy may tell something else. */
function plainAddress(ip: string): string {
  const address = parseAddress(ip);
  return address ? addressText(address) : ip;
}

/** Parameter of a controller method: where the request came from. */
export const RequestOrigin = createParamDecorator((_: unknown, context: ExecutionContext): Origin =>
  originOf(context.switchToHttp().getRequest()),
);

/** The signed-in seller who sends a request, and its origin. */
export function callerOf(request: FastifyRequest): SellerCaller {
  if (request.principal?.kind !== 'seller') throw new Error('route is not for sellers');
  return { ...originOf(request), seller: request.principal };
}

/** The same as parameter of a seller's controller method. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): SellerCaller =>
  callerOf(context.switchToHttp().getRequest()),
);

/** The same for routes of the account, which the guard lets no API token reach. */
export const SignedInCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): SignedInSellerCaller => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { principal } = request;
    if (principal?.kind !== 'seller' || principal.sessionId === null) {
      throw new Error('route is not for signed-in sellers');
    }
    const { sellerId, sessionId } = principal;
    return { ...originOf(request), seller: { kind: 'seller', sellerId, sessionId, token: null } };
  },
);

/** The same for a reseller's controller method. */
export const CallingReseller = createParamDecorator(
  (_: unknown, context: ExecutionContext): ResellerCaller => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.principal?.kind !== 'reseller') throw new Error('route is not for resellers');
    return { ...originOf(request), reseller: request.principal };
  },
);

/**
 * Parameter of a seller's controller method whose answer lasts: whether the caller may still have
 * it. What cannot be found out counts as no.
 */
export const StillAllowed = createParamDecorator(
  (_: unknown, context: ExecutionContext): (() => Promise<boolean>) => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return async () => {
      try {
        await request.authenticateAgain!();
        return true;
      } catch {
        return false;
      }
    };
  },
);
