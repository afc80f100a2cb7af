import {
  CanActivate,
  createParamDecorator,
  ExecutionContext,
  Injectable,
  OnModuleInit,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AppClientPrincipal } from '../../../kernel';
import { AccessRegistry } from '../../../platform/http';
import { ClientApp, ClientApps } from '../client-apps';
import { AppErrors } from '../domain/apps.errors';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set with the principal of kind `app-client`. */
    clientApp?: ClientApp;
  }
}

const HEADER = 'x-api-key';
const KEY_MAX = 128;

/** The guard for client programs; it stands behind `@Access('app-client')`. */
@Injectable()
export class ApiKeyGuard implements CanActivate, OnModuleInit {
  constructor(
    private readonly registry: AccessRegistry,
    private readonly apps: ClientApps,
  ) {}

  onModuleInit(): void {
    this.registry.register('app-client', async (context): Promise<AppClientPrincipal> => {
      await this.canActivate(context);
      const { id, sellerId } = context.switchToHttp().getRequest<FastifyRequest>().clientApp!;
      return { kind: 'app-client', appId: id, sellerId };
    });
  }

  /** @throws API_KEY_INVALID */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers[HEADER];
    const good = typeof key === 'string' && key !== '' && key.length <= KEY_MAX;
    const app = good ? await this.apps.authenticateKey(key) : null;
    if (!app) throw AppErrors.API_KEY_INVALID();
    request.clientApp = app;
    return true;
  }
}

/** Parameter of a client's controller method: the application whose key was sent. */
export const CallingApp = createParamDecorator(
  (_: unknown, context: ExecutionContext): ClientApp => {
    const { clientApp } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!clientApp) throw new Error('route is not for client programs');
    return clientApp;
  },
);
