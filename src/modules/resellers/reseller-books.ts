import { Injectable } from '@nestjs/common';
import type { Origin, ResellerCaller, SellerCaller } from '../../kernel';
import { Outbox } from '../../platform/outbox';
import { AuditAction, AuditActor, AuditEntry, AuditTrail, sellerActor } from '../audit';
import { LOW_BALANCE } from './domain/reseller';

type Details = Readonly<Record<string, unknown>>;

/** A reseller, with the tenant and the application they belong to. */
export interface ResellerIdentity {
  readonly resellerId: string;
  readonly appId: string;
  readonly sellerId: string;
}

/** What resellers, and what is done to them, leave in the record: one line a use case. */
@Injectable()
export class ResellerBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  /** A seller did something to a reseller. */
  bySeller(
    action: AuditAction,
    who: ResellerIdentity,
    caller: SellerCaller,
    details?: Details,
  ): void {
    this.write(action, who, sellerActor(caller), caller, { details });
  }

  /** A reseller did something, or was refused it. */
  byReseller(
    action: AuditAction,
    who: ResellerIdentity,
    origin: Origin,
    more: Pick<AuditEntry, 'details' | 'outcome'> & { readonly licenseId?: string } = {},
  ): void {
    this.write(action, who, { kind: 'reseller', id: who.resellerId }, origin, more);
  }

  /** A purchase moved the balance; told when it goes low, not while it is low. */
  charged(
    { resellerId, appId }: ResellerIdentity,
    { username, before, balance }: { username: string; before: number; balance: number },
  ): void {
    if (before <= LOW_BALANCE || balance > LOW_BALANCE) return;
    const data = { resellerId, username, balance, threshold: LOW_BALANCE, appId };
    this.outbox.emit({ type: 'reseller.low_balance', appId, data });
  }

  /** A name is locked after too many wrong passwords, whether a reseller has it or not. */
  lockedOut(
    appId: string,
    tried: { username: string; ip: string | null; lockedSeconds: number },
  ): void {
    this.outbox.emit({
      type: 'auth.lockout',
      appId,
      data: { account: 'reseller', ...tried, appId },
    });
  }

  /** The reseller who calls, as the record names them. */
  static identity({ reseller }: ResellerCaller): ResellerIdentity {
    const { resellerId, appId, sellerId } = reseller;
    return { resellerId, appId, sellerId };
  }

  private write(
    action: AuditAction,
    { resellerId, appId, sellerId }: ResellerIdentity,
    actor: AuditActor,
    origin: Origin,
    { details, outcome, licenseId }: Partial<AuditEntry> & { readonly licenseId?: string },
  ): void {
    const target = licenseId
      ? ({ kind: 'license', id: licenseId } as const)
      : ({ kind: 'reseller', id: resellerId } as const);
    this.audit.record({ sellerId, appId, actor, action, target, origin, details, outcome });
  }
}
