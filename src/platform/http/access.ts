import {
  applyDecorators,
  CanActivate,
  ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  AccessKind,
  coversScope,
  Principal,
  Scope,
  ScopeArea,
  SellerPrincipal,
} from '../../kernel';
import { ApiErrors, PUBLIC_EXTENSION } from './openapi-decorators';
import { CommonErrors } from '../../kernel';

const ACCESS = 'latchkey:access';
const AREA = 'latchkey:scope-area';

/** Callers whose credential is a key in a header, not a token. */
const KEY_KINDS: ReadonlySet<AccessKind> = new Set(['app-client', 'gateway']);

/** Finds out who sends a request of one kind. Throws UNAUTHENTICATED when it cannot. */
export type AccessResolver = (context: ExecutionContext) => Promise<Principal>;

/** Where modules register the resolver of the credentials they own. */
@Injectable()
export class AccessRegistry {
  private readonly resolvers = new Map<AccessKind, AccessResolver>([
    ['public', () => Promise.resolve({ kind: 'public' })],
  ]);

  register(kind: AccessKind, resolver: AccessResolver): void {
    this.resolvers.set(kind, resolver);
  }

  resolver(kind: AccessKind): AccessResolver {
    const resolver = this.resolvers.get(kind);
    if (!resolver) throw new Error(`nobody resolves access kind ${kind}`);
    return resolver;
  }
}

/**
 * Says who may call a route, to the guard and in the OpenAPI document. An API token of a seller is
 * let in only where an `area` is named that its scopes cover: account routes name none.
 */
export function Access(kind: AccessKind, area?: ScopeArea): MethodDecorator & ClassDecorator {
  if (kind === 'public') {
    return applyDecorators(SetMetadata(ACCESS, kind), ApiExtension(PUBLIC_EXTENSION, true));
  }
  return applyDecorators(
    SetMetadata(ACCESS, kind),
    SetMetadata(AREA, area),
    KEY_KINDS.has(kind) ? ApiSecurity(kind) : ApiBearerAuth(kind),
    ...(kind === 'gateway' ? [] : [ApiErrors(CommonErrors.UNAUTHENTICATED)]),
    ...(kind === 'seller' ? [ApiErrors(CommonErrors.INSUFFICIENT_SCOPE)] : []),
  );
}

/** The scope an API token needs for a request: reading needs `read`, everything else `write`. */
export function scopeFor(area: ScopeArea, method: string): Scope {
  return `${area}:${method === 'GET' || method === 'HEAD' ? 'read' : 'write'}`;
}

export function accessOf(reflector: Reflector, context: ExecutionContext): AccessKind | undefined {
  return reflector.getAllAndOverride(ACCESS, [context.getHandler(), context.getClass()]);
}

/** The one guard of every route. A route that does not say who may call it is called by nobody. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly registry: AccessRegistry,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const kind = accessOf(this.reflector, context);
    if (!kind) throw new Error('route declares no access');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.registry.resolver(kind)(context);
    if (principal.kind === 'seller') this.requireScope(principal, context, request.method);
    request.principal = principal;
    request.authenticateAgain = () => this.registry.resolver(kind)(context);
    return true;
  }

  /** @throws INSUFFICIENT_SCOPE */
  private requireScope(
    { token }: SellerPrincipal,
    context: ExecutionContext,
    method: string,
  ): void {
    if (!token) return;
    const targets = [context.getHandler(), context.getClass()];
    const area = this.reflector.getAllAndOverride<ScopeArea | undefined>(AREA, targets);
    const needed = area && scopeFor(area, method);
    if (needed && coversScope(token.scopes, needed)) return;
    const message = needed
      ? `This token lacks the scope ${needed}`
      : 'An API token cannot do that; sign in instead';
    throw CommonErrors.INSUFFICIENT_SCOPE({ message });
  }
}
