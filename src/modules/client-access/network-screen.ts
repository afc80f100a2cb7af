import { Inject, Injectable } from '@nestjs/common';
import { monotonicMs } from '../../platform/clock';
import { LOGGER, Logger } from '../../platform/logging';
import { NetworkJudgement, NetworkPolicy } from '../../platform/network';
import type { ClientApp } from '../apps';

const WARN_EVERY_MS = 60_000;

/** Judges a client's network where its application refuses VPNs and proxies. */
@Injectable()
export class NetworkScreen {
  private warnedAt = -Infinity;

  constructor(
    private readonly policy: NetworkPolicy,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Undefined when the application does not mind. A policy that fails knows nothing. */
  judge({ id, vpnBlock }: ClientApp, ip: string | null): NetworkJudgement | undefined {
    if (!vpnBlock) return undefined;
    try {
      const judgement = this.policy.judge(ip);
      if (judgement === 'unknown') this.warn({ appId: id });
      return judgement;
    } catch (error) {
      this.warn({ appId: id, err: error });
      return 'unknown';
    }
  }

  /** Once a minute: it may concern every request there is. */
  private warn(what: object): void {
    const now = monotonicMs();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    this.logger.warn(what, 'a network could not be judged, refusing its clients');
  }
}
