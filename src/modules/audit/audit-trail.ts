import { Injectable } from '@nestjs/common';
import type { Origin, SellerCaller } from '../../kernel';
import { newId } from '../../platform/crypto';
import { Transactions } from '../../platform/database';

/**
 * Who acted. `client` is a program that proved nothing yet, such as one that registers; `system` is
 * this server by itself.
 */
export type AuditActor =
  | {
      readonly kind: 'seller' | 'api-token' | 'reseller' | 'app-user' | 'license';
      readonly id: string;
    }
  | { readonly kind: 'client' | 'operator' | 'system' };

export type AuditTarget =
  | 'seller'
  | 'seller-session'
  | 'api-token'
  | 'app'
  | 'license'
  | 'app-user'
  | 'session'
  | 'blacklist-entry'
  | 'variable'
  | 'file'
  | 'referral-code'
  | 'reseller'
  | 'gateway'
  | 'webhook';

/** A seller as the record names them: themselves, or the API token that acted for them. */
export function sellerActor({ seller }: SellerCaller): AuditActor & { readonly id: string } {
  return seller.token
    ? { kind: 'api-token', id: seller.token.id }
    : { kind: 'seller', id: seller.sellerId };
}

export interface AuditEntry {
  /** The tenant whose books this belongs in. */
  readonly sellerId: string;
  readonly appId?: string;
  readonly actor: AuditActor;
  /** Domain verb with its object, such as `license.ban`. */
  readonly action: string;
  readonly target: { readonly kind: AuditTarget; readonly id?: string };
  readonly origin: Origin;
  /** `granted` when absent, else the code of the refusal. */
  readonly outcome?: string;
  readonly severity?: 'info' | 'warning' | 'critical';
  /** Facts worth keeping; never a secret, never a whole licence key. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The append-only record of what was done. */
@Injectable()
export class AuditTrail {
  constructor(private readonly transactions: Transactions) {}

  /** Writes the entry with the commit of the open transaction: both stand or neither. */
  record(entry: AuditEntry): void {
    const { actor, target, origin } = entry;
    this.transactions.defer((bind) => {
      const values = [
        newId(),
        entry.sellerId,
        entry.appId ?? null,
        actor.kind,
        'id' in actor ? actor.id : null,
        entry.action,
        target.kind,
        target.id ?? null,
        entry.outcome ?? 'granted',
        entry.severity ?? 'info',
        origin.ip,
        origin.requestId,
        JSON.stringify(entry.details ?? {}),
      ];
      return `INSERT INTO audit_records (id, seller_id, app_id, actor_kind, actor_id, action, target_kind, target_id, outcome, severity, ip, request_id, details) VALUES (${values.map(bind).join(', ')})`;
    });
  }
}
