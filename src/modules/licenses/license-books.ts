import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { Outbox } from '../../platform/outbox';
import { AuditAction, AuditTrail, sellerActor } from '../audit';
import { maskKey } from './domain/license-key';
import type { LicenseEntity } from './entities/license.entity';

/** What licences write into the record and the outbox. */
@Injectable()
export class LicenseBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  record(
    action: AuditAction,
    app: { readonly id: string; readonly sellerId: string },
    license: LicenseEntity | null,
    caller: SellerCaller,
    details: Readonly<Record<string, unknown>> = {},
  ): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action,
      target: { kind: 'license', id: license?.id },
      origin: caller,
      details: { ...(license ? { key: maskKey(license.key) } : {}), ...details },
    });
  }

  emit(
    type: 'license.activate' | 'license.expire' | 'license.delete',
    appId: string,
    license: LicenseEntity,
    who: { readonly hwid?: string | null; readonly ip?: string | null } = {},
  ): void {
    const { id, key, level, expiresAt } = license;
    const { hwid = null, ip = null } = who;
    this.outbox.emit({
      type,
      appId,
      data: { licenseId: id, licenseKey: key, level, expiresAt, hwid, ip, appId },
    });
  }
}
