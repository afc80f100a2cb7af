import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CommonErrors } from '../../kernel';
import { ClientThrottle } from '../../platform/rate-limit';

/** What signed-in clients ask: the wide limit per application and address (D-A21). */
@Injectable()
export class ClientThrottleGuard implements CanActivate {
  constructor(private readonly throttle: ClientThrottle) {}

  /** @throws RATE_LIMITED */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { clientApp, ip } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!clientApp) throw new Error('route is not for client programs');
    const hit = await this.throttle.hit(clientApp.id, ip, false);
    if (!hit.allowed) throw CommonErrors.RATE_LIMITED(hit);
    return true;
  }
}
