import { Injectable } from '@nestjs/common';
import type { KeyShape, SellerCaller } from '../../kernel';
import { KeyRing, randomHex } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { Outbound } from '../../platform/outbound';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import { KEY_BITS_MIN, KEY_MAX, keyBits, keySize } from '../licenses';
import type { Channel } from './domain/attempt-notice';
import type { GatewayChanges, GatewaySettings } from './domain/gateway-settings';
import { GatewayErrors } from './domain/gateways.errors';
import { GatewayColumns, GatewayRow, GatewaysRepository } from './gateways.repository';

/** A gateway as its owner sees it, the key in the clear. */
export interface Gateway extends GatewaySettings {
  readonly sellerId: string;
  readonly apiKey: string;
}

/** A gateway as a client meets it. */
export interface ClientGateway {
  readonly sellerId: string;
  readonly requireHwid: boolean;
  /** Requests a minute from one address; null is no limit. */
  readonly requestsPerMinute: number | null;
  /** Which attempts its log channels want to hear of. */
  readonly tellsGranted: boolean;
  readonly tellsRefused: boolean;
}

const API_KEY_MAX = 128;

/**
 * A seller's own door for programs that name their product and show a licence key [doc 003]: one key
 * for all applications of the seller.
 */
@Injectable()
export class Gateways {
  constructor(
    private readonly transactions: Transactions,
    private readonly gateways: GatewaysRepository,
    private readonly keys: KeyRing,
    private readonly audit: AuditTrail,
    private readonly outbound: Outbound,
  ) {}

  /** The gateway whose key it is, or null. The key is compared by a keyed hash (D-T9). */
  async authenticate(apiKey: string): Promise<ClientGateway | null> {
    if (apiKey === '' || apiKey.length > API_KEY_MAX) return null;
    const row = await this.gateways.findByKey(this.keys.mac('gateway-key', apiKey));
    return (
      row && {
        sellerId: row.sellerId,
        requireHwid: row.requireHwid,
        requestsPerMinute: row.limitRequests ? row.requestsPerMinute : null,
        tellsGranted: row.grantedChannelSealed !== null,
        tellsRefused: row.refusedChannelSealed !== null,
      }
    );
  }

  /** The caller's gateway; it is opened when first looked at. */
  async get(caller: SellerCaller): Promise<Gateway> {
    const { sellerId } = caller.seller;
    const row = await this.gateways.find(sellerId);
    return this.opened(row ?? (await this.transactions.run(() => this.lock(sellerId))));
  }

  /** @throws KEY_SHAPE_WEAK, KEY_SHAPE_LONG, CHANNEL_REFUSED */
  async change(caller: SellerCaller, changes: GatewayChanges): Promise<Gateway> {
    await this.judgeChannels(changes);
    const { sellerId } = caller.seller;
    return this.transactions.run(async () => {
      const now = this.opened(await this.lock(sellerId));
      const keyShape: KeyShape = { ...now.keyShape, ...changes.keyShape };
      if (keyBits(keyShape) < KEY_BITS_MIN) throw GatewayErrors.KEY_SHAPE_WEAK();
      if (keySize(keyShape) > KEY_MAX) throw GatewayErrors.KEY_SHAPE_LONG();
      const row = await this.gateways.change(sellerId, this.columns(sellerId, changes, keyShape));
      const { grantedChannel, refusedChannel, ...plain } = changes;
      // The address of a channel is as good as its password.
      const channels = {
        grantedChannel: told(grantedChannel),
        refusedChannel: told(refusedChannel),
      };
      this.record('gateway.change', caller, { changes: { ...plain, ...channels } });
      return this.opened(row);
    });
  }

  /** Gives the gateway a new key; the old one is refused from the next request on. */
  regenerateKey(caller: SellerCaller): Promise<string> {
    const { sellerId } = caller.seller;
    return this.transactions.run(async () => {
      await this.lock(sellerId);
      const { apiKey, hash, sealed } = this.newKey(sellerId);
      await this.gateways.replaceKey(sellerId, hash, sealed);
      this.record('gateway.regenerate-key', caller, {});
      return apiKey;
    });
  }

  /** Looks names up, so it stays outside the transaction. @throws CHANNEL_REFUSED */
  private async judgeChannels({ grantedChannel, refusedChannel }: GatewayChanges): Promise<void> {
    for (const url of [grantedChannel, refusedChannel]) {
      const problem = url ? await this.outbound.validate(url) : null;
      if (problem) throw GatewayErrors.CHANNEL_REFUSED({ message: `Log channel: ${problem}` });
    }
  }

  private lock(sellerId: string): Promise<GatewayRow> {
    const { hash, sealed } = this.newKey(sellerId);
    return this.gateways.openAndLock(sellerId, hash, sealed);
  }

  private newKey(sellerId: string) {
    const apiKey = `tk_${randomHex(24)}`;
    return {
      apiKey,
      hash: this.keys.mac('gateway-key', apiKey),
      sealed: this.keys.seal(apiKey, `gateway ${sellerId}`),
    };
  }

  private columns(sellerId: string, changes: GatewayChanges, shape: KeyShape): GatewayColumns {
    const seal = (channel: Channel, url: string | null | undefined) =>
      url && this.keys.seal(url, channelContext(sellerId, channel));
    return {
      requireHwid: changes.requireHwid,
      limitRequests: changes.limitRequests,
      requestsPerMinute: changes.requestsPerMinute,
      keyPrefix: shape.prefix,
      keyLength: shape.length,
      keyLetters: shape.letters,
      keyNumbers: shape.numbers,
      keyHyphens: shape.hyphens,
      keyHyphenEvery: shape.hyphenEvery,
      grantedChannelSealed: seal('granted', changes.grantedChannel) as Buffer | null | undefined,
      refusedChannelSealed: seal('refused', changes.refusedChannel) as Buffer | null | undefined,
    };
  }

  private opened(row: GatewayRow): Gateway {
    const { sellerId } = row;
    const open = (channel: Channel, sealed: Buffer | null) =>
      sealed && this.keys.open(sealed, channelContext(sellerId, channel));
    return {
      sellerId,
      apiKey: this.keys.open(row.apiKeySealed, `gateway ${sellerId}`),
      requireHwid: row.requireHwid,
      limitRequests: row.limitRequests,
      requestsPerMinute: row.requestsPerMinute,
      keyShape: {
        prefix: row.keyPrefix,
        length: row.keyLength,
        letters: row.keyLetters,
        numbers: row.keyNumbers,
        hyphens: row.keyHyphens,
        hyphenEvery: row.keyHyphenEvery,
      },
      grantedChannel: open('granted', row.grantedChannelSealed),
      refusedChannel: open('refused', row.refusedChannelSealed),
    };
  }

  private record(
    action: AuditAction,
    caller: SellerCaller,
    details: Readonly<Record<string, unknown>>,
  ) {
    const { sellerId } = caller.seller;
    this.audit.record({
      sellerId,
      actor: sellerActor(caller),
      action,
      target: { kind: 'gateway', id: sellerId },
      origin: caller,
      details,
    });
  }
}

/** Binds a sealed channel address to where it stands. */
export function channelContext(sellerId: string, channel: Channel): string {
  return `gateway ${sellerId} ${channel}`;
}

function told(channel: string | null | undefined): string | null | undefined {
  return channel && 'set';
}
