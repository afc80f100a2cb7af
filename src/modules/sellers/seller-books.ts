import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { AuditAction, AuditActor, AuditTrail } from '../audit';
import type { SellerEntity } from './entities/seller.entity';
import { SellerNotices } from './seller-notices';

/** What verbs on seller accounts write into the record, and what they tell the seller by mail. */
@Injectable()
export class SellerBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly notices: SellerNotices,
  ) {}

  record(
    action: AuditAction,
    id: string,
    origin: Origin,
    details?: Readonly<Record<string, unknown>>,
    actor: AuditActor = { kind: 'seller', id },
  ): void {
    this.audit.record({
      sellerId: id,
      actor,
      action,
      target: { kind: 'seller', id },
      origin,
      details,
    });
  }

  passwordChanged(
    seller: Pick<SellerEntity, 'id' | 'email'>,
    how: 'changed' | 'reset',
    origin: Origin,
    endedSignIns: number,
  ): void {
    const action = how === 'changed' ? 'seller.change-password' : 'seller.reset-password';
    this.record(action, seller.id, origin, { endedSignIns });
    this.notices.passwordChanged(seller, how, origin);
  }
}
