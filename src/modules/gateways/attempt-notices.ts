import { Inject, Injectable } from '@nestjs/common';
import { KeyRing } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { LOGGER, Logger } from '../../platform/logging';
import { discordMessage, Outbound, OutboundResult } from '../../platform/outbound';
import { AttemptNoticesRepository, NoticeBatch } from './attempt-notices.repository';
import type { AttemptNotice, Channel } from './domain/attempt-notice';
import { channelNotice } from './domain/channel-message';
import { channelContext, ClientGateway } from './gateways.service';

/** Notices told by one message. */
const PER_MESSAGE = 10;
/** Messages of one round. */
const PER_ROUND = 50;
/** Longer than a request may take: whoever dies with notices in hand leaves them to the next round. */
const LEASE_SECONDS = 60;
const MOST_TRIES = 6;
const SECONDS_TO_WAIT = 15;
const SECONDS_TO_WAIT_MAX = 3_600;

/** Tells the log channels of gateways about attempts, some time after they were committed. */
@Injectable()
export class AttemptNotices {
  constructor(
    private readonly transactions: Transactions,
    private readonly notices: AttemptNoticesRepository,
    private readonly keys: KeyRing,
    private readonly outbound: Outbound,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Queues the notice with the commit of the open transaction, if the gateway wants to tell it. */
  queue({ sellerId, tellsGranted, tellsRefused }: ClientGateway, notice: AttemptNotice): void {
    const channel: Channel = notice.outcome === 'granted' ? 'granted' : 'refused';
    const wanted = channel === 'granted' ? tellsGranted : tellsRefused;
    if (wanted) this.transactions.defer(this.notices.queueing(sellerId, channel, notice));
  }

  /** Sends what is due; returns how many notices it dealt with. */
  async sendDue(stopping: AbortSignal): Promise<number> {
    let dealtWith = 0;
    for (let sent = 0; sent < PER_ROUND && !stopping.aborted; sent++) {
      const batch = await this.notices.take(PER_MESSAGE, LEASE_SECONDS);
      if (!batch) break;
      await this.send(batch, stopping);
      dealtWith += batch.ids.length;
    }
    return dealtWith;
  }

  private async send(batch: NoticeBatch, signal: AbortSignal): Promise<void> {
    const { ids, sellerId, channel, channelSealed, notices, tries } = batch;
    if (!channelSealed) return this.notices.delete(ids);
    const url = this.keys.open(channelSealed, channelContext(sellerId, channel));
    const body = JSON.stringify(discordMessage(channelNotice(channel, notices)));
    const headers = { 'content-type': 'application/json' };
    const result = await this.outbound.post({ url, headers, body, signal });
    if (result.status >= 200 && result.status < 300) return this.notices.delete(ids);
    // Gone, or tried often enough: a log channel is no delivery that must arrive.
    if (result.status === 404 || result.status === 410 || tries >= MOST_TRIES) {
      this.logger.warn({ sellerId, channel, ...told(result) }, 'log channel was not told');
      return this.notices.delete(ids);
    }
    await this.notices.postpone(ids, waitAfter(result, tries));
  }
}

function told({ status, failure }: OutboundResult) {
  return { status, failure };
}

/** What the channel asked for, else longer each time. */
function waitAfter({ retryAfter }: OutboundResult, tries: number): number {
  const asked = Math.ceil(Number(retryAfter ?? NaN));
  const seconds = asked > 0 ? asked : SECONDS_TO_WAIT * 2 ** (tries - 1);
  return Math.min(seconds, SECONDS_TO_WAIT_MAX);
}
