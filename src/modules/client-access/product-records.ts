import { Injectable } from '@nestjs/common';
import { maskKey, Origin } from '../../kernel';
import type { ClientUser } from '../app-users';
import type { ClientApp } from '../apps';
import { Attempt, AttemptLog } from '../attempts';
import { AttemptNotice, AttemptNotices, ClientGateway } from '../gateways';
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

  attempt(gateway: ClientGateway, claim: PartialClaim, result: Result, origin: Origin): void {
    this.attempts.record(attemptOf(gateway, claim, result, origin));
    this.notices.queue(gateway, noticeOf(claim, result, origin));
  }

  /** The same of an attempt that nothing was looked up for: the log takes it a moment later. */
  async turnedAway(
    gateway: ClientGateway,
    claim: PartialClaim,
    result: Result,
    origin: Origin,
  ): Promise<void> {
    this.attempts.recordLater(attemptOf(gateway, claim, result, origin));
    await this.notices.queueAlone(gateway, noticeOf(claim, result, origin));
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

function attemptOf(
  { sellerId }: ClientGateway,
  claim: PartialClaim,
  { outcome, app, license, facts }: Result,
  origin: Origin,
): Attempt {
  const { product = null, version = null, licenseKey, hwid, address } = claim;
  return {
    ...{ sellerId, appId: app?.id ?? null, wire: 'tki', action: 'authenticate', outcome },
    ...{ licenseId: license?.id, licenseKey, hwid, address, origin },
    facts: { product, version, ...facts },
  };
}

function noticeOf(
  claim: PartialClaim,
  { outcome, license }: Result,
  { requestId }: Origin,
): AttemptNotice {
  const { product = null, version = null, licenseKey, hwid = null, address = null } = claim;
  const maskedKey = licenseKey === undefined ? null : maskKey(licenseKey);
  const owner = license?.discordUsername ?? null;
  return { outcome, product, version, maskedKey, address, hwid, owner, requestId };
}
