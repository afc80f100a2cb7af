import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CommonErrors } from '../../kernel';
import { ClientThrottle } from '../../platform/rate-limit';

/** Every client route of this wire tests a secret: the narrow limit per application and address. */
@Injectable()
export class ClientSignInThrottle implements CanActivate {
  constructor(private readonly throttle: ClientThrottle) {}

  /** @throws RATE_LIMITED */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { clientApp, ip } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!clientApp) throw new Error('route is not for client programs');
    const hit = await this.throttle.hit(clientApp.id, ip, true);
    if (!hit.allowed) throw CommonErrors.RATE_LIMITED(hit);
    return true;
  }
}
