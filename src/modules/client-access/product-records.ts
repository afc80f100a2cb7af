import { Injectable } from '@nestjs/common';
import { maskKey, Origin } from '../../kernel';
import type { ClientUser } from '../app-users';
import type { ClientApp } from '../apps';
import { AttemptLog } from '../attempts';
import { AttemptNotices, ClientGateway } from '../gateways';
import type { License } from '../licenses';
import { ClientBooks } from './client-books';
import type { PartialClaim } from './domain/product-claim';

interface Result {
  readonly outcome: string;
  readonly app: ClientApp | null;
  readonly license: License | null;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a gateway writes: the log of attempts, its channels, the record. */
@Injectable()
export class ProductRecords {
  constructor(
    private readonly attempts: AttemptLog,
    private readonly notices: AttemptNotices,
    private readonly books: ClientBooks,
  ) {}

  attempt(
    gateway: ClientGateway,
    claim: PartialClaim,
    { outcome, app, license, facts }: Result,
    origin: Origin,
  ): void {
    const {
      product = null,
      version = null,
      licenseKey = null,
      hwid = null,
      address = null,
    } = claim;
    this.attempts.record({
      sellerId: gateway.sellerId,
      appId: app?.id ?? null,
      wire: 'tki',
      action: 'authenticate',
      outcome,
      licenseId: license?.id,
      licenseKey,
      hwid,
      address,
      origin,
      facts: { product, version, ...facts },
    });
    this.notices.queue(gateway, {
      outcome,
      product,
      version,
      maskedKey: licenseKey && maskKey(licenseKey),
      address,
      hwid,
      owner: license?.discordUsername ?? null,
      requestId: origin.requestId,
    });
  }

  granted(app: ClientApp, license: License, claim: PartialClaim, origin: Origin): void {
    this.books.authenticated(app, license, claim, origin);
  }

  refused(
    app: ClientApp,
    who: {
      readonly license: License;
      readonly user: ClientUser | null;
      readonly hwid: string | null;
    },
    code: string,
    origin: Origin,
  ): void {
    this.books.deviceRefused(app, code, who, origin);
    this.books.refused('authenticate', app, who.license, who.user, code, origin);
  }
}
