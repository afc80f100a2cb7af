import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { Outbox } from '../../platform/outbox';
import { AuditTrail } from '../audit';
import type { ClientUser } from '../app-users';
import type { ClientApp } from '../apps';
import { License, LicenseAccess } from '../licenses';
import type { SessionSubject } from '../sessions';

/** What the client's life writes into the record and the outbox. */
@Injectable()
export class ClientBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
    private readonly licenses: LicenseAccess,
  ) {}

  registered(
    app: ClientApp,
    license: License,
    user: ClientUser,
    hwid: string | null,
    origin: Origin,
  ): void {
    const { id: userId, username } = user;
    const { ip } = origin;
    this.outbox.emit({
      type: 'user.register',
      appId: app.id,
      data: { userId, username, licenseKey: license.key, ip, hwid, appId: app.id },
    });
    this.record('client.register', app, { kind: 'app-user', id: userId }, origin, {
      username,
      key: this.licenses.masked(license),
      hwid,
    });
  }

  signedIn(
    app: ClientApp,
    license: License,
    subject: SessionSubject,
    sessionId: string,
    origin: Origin,
  ): void {
    const { userId, username, hwid, ip } = subject;
    const data = { userId, username, ip, hwid, appId: app.id };
    if (userId) this.outbox.emit({ type: 'user.login', appId: app.id, data });
    this.outbox.emit({
      type: 'session.create',
      appId: app.id,
      data: { sessionId, licenseId: license.id, ...data },
    });
    const actor = userId
      ? ({ kind: 'app-user', id: userId } as const)
      : ({ kind: 'license', id: license.id } as const);
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor,
      action: userId ? 'client.login' : 'client.license',
      target: { kind: 'session', id: sessionId },
      origin,
      details: { username, hwid },
    });
  }

  loggedOut(app: ClientApp, session: { id: string } & SessionSubject, origin: Origin): void {
    const { userId, licenseId } = session;
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: userId ? { kind: 'app-user', id: userId } : { kind: 'license', id: licenseId },
      action: 'client.logout',
      target: { kind: 'session', id: session.id },
      origin,
    });
  }

  refused(
    action: string,
    app: ClientApp,
    license: License | null,
    user: ClientUser | null,
    code: string,
    origin: Origin,
  ): void {
    const target = user
      ? ({ kind: 'app-user', id: user.id } as const)
      : ({ kind: 'license', id: license?.id } as const);
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: { kind: 'client' },
      action: `client.${action}`,
      target,
      origin,
      outcome: code,
      severity: 'warning',
    });
  }

  /** Tells the seller that somebody tries out keys. */
  guessingSuspected(app: ClientApp, failures: number, windowSeconds: number, origin: Origin): void {
    const { id: appId, sellerId } = app;
    const data = { appId, failures, windowSeconds };
    this.outbox.emit({ type: 'license.guessing_suspected', appId, data });
    this.audit.record({
      sellerId,
      appId,
      actor: { kind: 'client' },
      action: 'client.key-guessing',
      target: { kind: 'app', id: appId },
      origin,
      outcome: 'KEY_UNKNOWN',
      severity: 'critical',
      details: { failures, windowSeconds },
    });
  }

  private record(
    action: string,
    app: ClientApp,
    target: { readonly kind: 'app-user'; readonly id: string },
    origin: Origin,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const { id: appId, sellerId } = app;
    this.audit.record({ sellerId, appId, actor: target, action, target, origin, details });
  }
}
