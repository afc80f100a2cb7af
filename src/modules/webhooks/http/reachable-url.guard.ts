import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Outbound } from '../../../platform/outbound';
import { refusedUrl } from '../webhooks.service';

/**
 * Refuses a body whose `url` leads where this server may not go. A guard, for a name server may take its time: the
 * transaction of an Idempotency-Key begins behind the guards, and would hold a connection of the pool as long.
 */
@Injectable()
export class ReachableUrlGuard implements CanActivate {
  constructor(private readonly outbound: Outbound) {}

  /** @throws INVALID_INPUT */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { body } = context.switchToHttp().getRequest<FastifyRequest<{ Body?: unknown }>>();
    const url = (body as { readonly url?: unknown } | null | undefined)?.url;
    // Another kind of value is the business of the body's own rules.
    const problem = typeof url === 'string' ? await this.outbound.validate(url) : null;
    if (problem !== null) throw refusedUrl(problem);
    return true;
  }
}
