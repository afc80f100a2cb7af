import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { Outbox } from '../../platform/outbox';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import type { AppUserEntity } from './entities/app-user.entity';

/** What sellers' verbs on users write into the record and the outbox. */
@Injectable()
export class UserBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  record(
    action: AuditAction,
    app: { readonly id: string; readonly sellerId: string },
    user: Pick<AppUserEntity, 'id' | 'username'>,
    caller: SellerCaller,
    details: Readonly<Record<string, unknown>> = {},
  ): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action,
      target: { kind: 'app-user', id: user.id },
      origin: caller,
      details: { username: user.username, ...details },
    });
  }

  banned(appId: string, user: AppUserEntity): void {
    const { id, username, banReason, lastIp } = user;
    this.outbox.emit({
      type: 'user.ban',
      appId,
      data: { userId: id, username, reason: banReason, ip: lastIp, appId },
    });
  }
}
