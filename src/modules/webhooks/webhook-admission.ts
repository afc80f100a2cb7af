import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { CommonErrors, DomainError } from '../../kernel';
import { CONFIG } from '../../platform/config-token';
import { Outbound } from '../../platform/outbound';
import { MINUTE_MS, RateLimiter } from '../../platform/rate-limit';
import { WebhookErrors } from './domain/webhooks.errors';

/** What stands between a seller and whoever is at the other end: addresses, and how many pings. */
@Injectable()
export class WebhookAdmission {
  constructor(
    private readonly outbound: Outbound,
    private readonly limiter: RateLimiter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Asks where the name in an address leads. It may take seconds, so it is for before the transaction; every
   * connection asks again.
   * @throws INVALID_INPUT for an address that may not be reached
   */
  async judgeUrl(url: string): Promise<void> {
    const problem = await this.outbound.validate(url);
    if (problem !== null) throw refusedUrl(problem);
  }

  /** The host of an address that may be reached, as far as the address alone can tell. @throws INVALID_INPUT */
  hostOf(url: string): string {
    const target = this.outbound.read(url);
    if ('problem' in target) throw refusedUrl(target.problem);
    return target.host;
  }

  /** Counts a ping that a seller causes, at all endpoints together. @throws WEBHOOK_PINGED_TOO_OFTEN */
  async countPing(sellerId: string): Promise<void> {
    const most = this.config.WEBHOOK_PINGS_PER_MINUTE;
    const hit = await this.limiter.hit(`webhook-ping:${sellerId}`, most, MINUTE_MS);
    const { allowed, retryAfterSeconds } = hit;
    if (!allowed) throw WebhookErrors.WEBHOOK_PINGED_TOO_OFTEN({ retryAfterSeconds });
  }
}

/** What is wrong with the address of an endpoint, as its owner is told. */
function refusedUrl(problem: string): DomainError {
  return CommonErrors.INVALID_INPUT({
    message: `url: ${problem}`,
    problems: [{ field: 'url', message: problem }],
  });
}
