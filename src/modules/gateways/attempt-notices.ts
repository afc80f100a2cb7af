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
/** Channels that are told at once; a slow one holds up no more than its own wave. */
const AT_ONCE = 32;
/** Waves of one round, in which each channel is told one message. */
const WAVES = 10;
/** What waits for one channel at most; the newest are then left out. */
const WAITING_MAX = 1_000;
const TIMEOUT_MS = 5_000;
/** Longer than a request may take: whoever dies with notices in hand leaves them to the next round. */
const LEASE_SECONDS = 60;
const MOST_TRIES = 6;
const SECONDS_TO_WAIT = 15;
const SECONDS_TO_WAIT_MAX = 3_600;

const TAKING = { perChannel: PER_MESSAGE, channels: AT_ONCE, leaseSeconds: LEASE_SECONDS };

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
  queue(gateway: ClientGateway, notice: AttemptNotice): void {
    const channel = channelOf(notice);
    if (!wanted(gateway, channel)) return;
    this.transactions.defer(this.notices.queueing(gateway.sellerId, channel, notice));
  }

  /** The same in a transaction of its own. */
  async queueAlone(gateway: ClientGateway, notice: AttemptNotice): Promise<void> {
    if (!wanted(gateway, channelOf(notice))) return;
    await this.transactions.run(() => Promise.resolve(this.queue(gateway, notice)));
  }

  /** Sends what is due, a message to each channel; returns how many notices it dealt with. */
  async sendDue(stopping: AbortSignal): Promise<number> {
    await this.dropExcess();
    const served: string[] = [];
    let dealtWith = 0;
    for (let wave = 0; wave < WAVES && !stopping.aborted; wave++) {
      const batches = await this.notices.take(TAKING, served);
      if (batches.length === 0) break;
      await Promise.all(batches.map((batch) => this.send(batch, stopping)));
      for (const { sellerId, channel, ids } of batches) {
        served.push(`${sellerId} ${channel}`);
        dealtWith += ids.length;
      }
    }
    return dealtWith;
  }

  private async dropExcess(): Promise<void> {
    for (const dropped of await this.notices.dropBeyond(WAITING_MAX)) {
      this.logger.warn(dropped, 'a log channel has too much to hear, leaving out the newest');
    }
  }

  /** One that fails is told later, and takes no other with it. */
  private async send(batch: NoticeBatch, signal: AbortSignal): Promise<void> {
    const { sellerId, channel } = batch;
    try {
      await this.tell(batch, signal);
    } catch (error) {
      this.logger.warn({ sellerId, channel, err: error }, 'log channel could not be served');
    }
  }

  private async tell(batch: NoticeBatch, signal: AbortSignal): Promise<void> {
    const { ids, sellerId, channel, channelSealed, notices, tries } = batch;
    if (!channelSealed) return this.notices.forget(batch);
    const url = this.keys.open(channelSealed, channelContext(sellerId, channel));
    const body = JSON.stringify(discordMessage(channelNotice(channel, notices)));
    const headers = { 'content-type': 'application/json' };
    const result = await this.outbound.post({ url, headers, body, signal, timeoutMs: TIMEOUT_MS });
    if (result.status >= 200 && result.status < 300) return this.notices.delete(ids);
    // Gone: a log channel is no delivery that must arrive.
    const gone = result.status === 404 || result.status === 410;
    const worn = ids.filter((_, index) => tries[index]! >= MOST_TRIES);
    if (gone || worn.length > 0) {
      this.logger.warn({ sellerId, channel, ...told(result) }, 'log channel was not told');
    }
    if (gone) return this.notices.forget(batch);
    await this.notices.delete(worn);
    await this.notices.postpone(batch, waitAfter(result, Math.max(...tries)));
  }
}

function channelOf({ outcome }: AttemptNotice): Channel {
  return outcome === 'granted' ? 'granted' : 'refused';
}

function wanted({ tellsGranted, tellsRefused }: ClientGateway, channel: Channel): boolean {
  return channel === 'granted' ? tellsGranted : tellsRefused;
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
