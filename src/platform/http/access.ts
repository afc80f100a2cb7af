import {
  applyDecorators,
  CanActivate,
  ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { AccessKind, Principal } from '../../kernel';
import { ApiErrors } from './openapi-decorators';
import { CommonErrors } from '../../kernel';

const ACCESS = 'latchkey:access';

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

/** Says who may call a route, to the guard and in the OpenAPI document. */
export function Access(kind: AccessKind): MethodDecorator & ClassDecorator {
  return kind === 'public'
    ? SetMetadata(ACCESS, kind)
    : applyDecorators(
        SetMetadata(ACCESS, kind),
        ApiBearerAuth(kind),
        ApiErrors(CommonErrors.UNAUTHENTICATED),
      );
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
    request.principal = await this.registry.resolver(kind)(context);
    return true;
  }
}
