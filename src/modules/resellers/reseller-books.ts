import { Injectable } from '@nestjs/common';
import type { Origin, ResellerCaller, SellerCaller } from '../../kernel';
import { AuditAction, AuditActor, AuditEntry, AuditTrail, sellerActor } from '../audit';

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
  constructor(private readonly audit: AuditTrail) {}

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
