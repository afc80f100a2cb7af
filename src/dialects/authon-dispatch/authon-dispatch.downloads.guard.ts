import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CommonErrors } from '../../kernel';
import { ClientThrottle } from '../../platform/rate-limit';

/** Downloads name no application, so they are limited per address, like other client requests. */
@Injectable()
export class DownloadThrottle implements CanActivate {
  constructor(private readonly throttle: ClientThrottle) {}

  /** @throws RATE_LIMITED */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    const hit = await this.throttle.hit('downloads', ip, false);
    if (!hit.allowed) throw CommonErrors.RATE_LIMITED(hit);
    return true;
  }
}
