import {
  applyDecorators,
  CallHandler,
  createParamDecorator,
  ExecutionContext,
  Injectable,
  NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { parseUuid } from '../../../kernel';
import { ApiErrors, callerOf } from '../../../platform/http';
import { AppsService, OwnedApp } from '../apps.service';
import { AppErrors } from '../domain/apps.errors';

declare module 'fastify' {
  interface FastifyRequest {
    /** The application of the path, which is the caller's; set on routes `OfOwnApp`. */
    ownApp?: OwnedApp;
  }
}

/**
 * Lets a seller no further than to applications of their own, before query and body are judged. No guard, since guards
 * come before an Idempotency-Key: what is remembered is replayed also when the application is gone.
 */
@Injectable()
export class OwnAppInterceptor implements NestInterceptor {
  constructor(private readonly apps: AppsService) {}

  /** @throws APP_NOT_FOUND also for an id of another seller's, and for what is no id */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: PathParams }>>();
    const appId = parseUuid(request.params.appId);
    if (appId === null) throw AppErrors.APP_NOT_FOUND();
    request.ownApp = await this.apps.requireOwned(callerOf(request), appId);
    return next.handle();
  }
}

interface PathParams {
  readonly appId: string;
}

/** A controller of routes below `:appId`, an application of the calling seller. */
export function OfOwnApp(): ClassDecorator {
  return applyDecorators(
    UseInterceptors(OwnAppInterceptor),
    ApiParam({ name: 'appId' }),
    ApiErrors(AppErrors.APP_NOT_FOUND),
  );
}

/** Parameter of a method of such a controller: the application. */
export const OwnApp = createParamDecorator((_: unknown, context: ExecutionContext): OwnedApp => {
  const { ownApp } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!ownApp) throw new Error('route is not of an own application');
  return ownApp;
});
