import {
  CanActivate,
  createParamDecorator,
  ExecutionContext,
  Injectable,
  OnModuleInit,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CommonErrors, GatewayPrincipal } from '../../../kernel';
import { AccessRegistry } from '../../../platform/http';
import { clientNetwork, MINUTE_MS, RateLimiter } from '../../../platform/rate-limit';
import { GatewayErrors } from '../domain/gateways.errors';
import { ClientGateway, Gateways } from '../gateways.service';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set with the principal of kind `gateway`. */
    gateway?: ClientGateway;
  }
}

/** Wrong keys from one address within a minute; more are answered 429. */
const WRONG_KEYS_MAX = 100;

/** The guard for programs that show a seller's key; it stands behind `@Access('gateway')`. */
@Injectable()
export class GatewayKeyGuard implements CanActivate, OnModuleInit {
  constructor(
    private readonly registry: AccessRegistry,
    private readonly gateways: Gateways,
    private readonly limiter: RateLimiter,
  ) {}

  onModuleInit(): void {
    this.registry.register('gateway', async (context): Promise<GatewayPrincipal> => {
      await this.canActivate(context);
      const { sellerId } = context.switchToHttp().getRequest<FastifyRequest>().gateway!;
      return { kind: 'gateway', sellerId };
    });
  }

  /**
   * The header holds the key by itself, or after `Bearer` (D-T9). Requests are counted by the
   * address of their connection (D-T2).
   * @throws GATEWAY_KEY_MISSING, GATEWAY_KEY_INVALID, RATE_LIMITED
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { authorization } = request.headers;
    if (!authorization) throw GatewayErrors.GATEWAY_KEY_MISSING();
    const network = clientNetwork(request.ip);
    const gateway = await this.gateways.authenticate(authorization.replace(/^Bearer +/i, ''));
    if (!gateway) {
      await this.count(`gateway-wrong-key:${network}`, WRONG_KEYS_MAX);
      throw GatewayErrors.GATEWAY_KEY_INVALID();
    }
    const { sellerId, requestsPerMinute } = gateway;
    if (requestsPerMinute !== null)
      await this.count(`gateway:${sellerId}:${network}`, requestsPerMinute);
    request.gateway = gateway;
    return true;
  }

  private async count(key: string, limit: number): Promise<void> {
    const hit = await this.limiter.hit(key, limit, MINUTE_MS);
    if (!hit.allowed) throw CommonErrors.RATE_LIMITED(hit);
  }
}

/** Parameter of a controller's method: the gateway whose key was sent. */
export const CallingGateway = createParamDecorator(
  (_: unknown, context: ExecutionContext): ClientGateway => {
    const { gateway } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!gateway) throw new Error('route is not for gateways');
    return gateway;
  },
);
