import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { Outbox } from '../../platform/outbox';
import { AuditTrail, sellerActor } from '../audit';
import type { FileRow } from './files.repository';

/** The application a verb acts in, as its caller has established. */
export interface Scope {
  readonly id: string;
  readonly sellerId: string;
}

/** What is done to files, for the record and for those who listen. */
@Injectable()
export class FileBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  record(
    action: string,
    app: Scope,
    file: FileRow,
    caller: SellerCaller,
    details: Readonly<Record<string, unknown>> = {},
  ): void {
    const { code: fileId, name } = file;
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action,
      target: { kind: 'file', id: file.id },
      origin: caller,
      details: { fileId, name, ...details },
    });
  }

  /** A content can be had from now on. */
  published(app: Scope, file: FileRow, caller: SellerCaller): void {
    const { code: fileId, name, size, version, channel, minLevel } = file;
    const data = { fileId, name, size, version, channel, minLevel, appId: app.id };
    this.outbox.emit({ type: 'file.published', appId: app.id, data });
    const sha256 = file.sha256!.toString('hex');
    this.record('file.upload', app, file, caller, { size, sha256, version, channel });
  }
}
