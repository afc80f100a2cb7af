import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { Countries } from '../../platform/geo';
import { Outbox } from '../../platform/outbox';
import { AuditAction, AuditTrail } from '../audit';
import type { ClientUser } from '../app-users';
import type { ClientApp } from '../apps';
import type { OfferedFile } from '../files';
import { License, LicenseAccess } from '../licenses';
import type { SessionSubject } from '../sessions';
import { ClientDenials } from './client-denials';
import type { LiveClient } from './client-sessions.service';

/** What a client can be refused, as the record calls it. */
export type ClientAct = 'login' | 'license' | 'register' | 'check' | 'authenticate';

/** What the client's life writes into the record and the outbox. */
@Injectable()
export class ClientBooks {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
    private readonly licenses: LicenseAccess,
    private readonly countries: Countries,
    readonly denials: ClientDenials,
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
      data: {
        userId,
        username,
        licenseKey: license.key,
        ip,
        hwid,
        appId: app.id,
        country: this.countries.of(ip),
      },
    });
    this.record('client.register', app, { kind: 'app-user', id: userId }, origin, {
      username,
      key: this.licenses.masked(license),
      hwid,
    });
  }

  sessionOpened(
    { appId, licenseId, userId, username, hwid, ip }: SessionSubject,
    id: string,
  ): void {
    const country = this.countries.of(ip);
    const data = { sessionId: id, licenseId, userId, username, ip, hwid, appId, country };
    this.outbox.emit({ type: 'session.create', appId, data });
  }

  signedIn(app: ClientApp, subject: SessionSubject, sessionId: string, origin: Origin): void {
    const { userId, username, hwid, ip, licenseId } = subject;
    const data = { userId, username, ip, hwid, appId: app.id, country: this.countries.of(ip) };
    if (userId) this.outbox.emit({ type: 'user.login', appId: app.id, data });
    const actor = userId
      ? ({ kind: 'app-user', id: userId } as const)
      : ({ kind: 'license', id: licenseId } as const);
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

  /**
   * Tells, once a day, that a licence signs in from more addresses than one customer has. The
   * caller holds the licence locked, so two sign-ins cannot both be the one that tells.
   */
  sharingSuspected(
    app: ClientApp,
    license: License,
    subject: SessionSubject,
    addresses: number,
    origin: Origin,
  ): void {
    const { userId, username } = subject;
    this.licenses.noteShared(license.id);
    this.outbox.emit({
      type: 'license.shared_suspected',
      appId: app.id,
      data: { licenseId: license.id, userId, username, addresses, appId: app.id },
    });
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: { kind: 'license', id: license.id },
      action: 'license.shared-suspected',
      target: { kind: 'license', id: license.id },
      origin,
      severity: 'warning',
      details: { username, addresses, threshold: app.sharingThreshold },
    });
  }

  /** A key was found good for a product, without a session. */
  authenticated(
    app: ClientApp,
    license: License,
    { version, hwid, address }: { version?: string; hwid?: string; address?: string },
    origin: Origin,
  ): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: { kind: 'license', id: license.id },
      action: 'client.authenticate',
      target: { kind: 'license', id: license.id },
      origin,
      details: { version, hwid, address, staff: license.staff },
    });
  }

  /** A client got a file, from its first byte on. */
  downloaded(app: ClientApp, client: LiveClient, file: OfferedFile, origin: Origin): void {
    const { code: fileId, name, size, version, channel } = file;
    const { id: sessionId, userId, username, licenseId } = client;
    const data = {
      fileId,
      name,
      size,
      userId,
      username,
      licenseId,
      sessionId,
      ip: origin.ip,
      appId: app.id,
      version,
      channel,
    };
    this.outbox.emit({ type: 'file.download', appId: app.id, data });
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
    action: ClientAct,
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

  /** Tells that a device did not fit any more, when that is why the client was refused. */
  deviceRefused(
    { id: appId }: ClientApp,
    code: string,
    tried: {
      readonly license: License | null;
      readonly user: ClientUser | null;
      readonly hwid: string | null;
    },
    { ip }: Origin,
  ): void {
    const { license, user, hwid } = tried;
    if (code !== 'HWID_MISMATCH' || hwid === null || !license) return;
    const { id: licenseId, maxDevices } = license;
    const who = { userId: user?.id ?? null, username: user?.username ?? null };
    const data = { licenseId, ...who, maxDevices, hwid, ip, appId };
    this.outbox.emit({ type: 'license.device_limit', appId, data });
  }

  /** Tells the seller that somebody tries out keys: of the application named, or of all of theirs. */
  guessingSuspected(
    sellerId: string,
    { app, apps }: { readonly app: ClientApp | null; readonly apps: readonly ClientApp[] },
    suspicion: { readonly failures: number; readonly windowSeconds: number },
    origin: Origin,
  ): void {
    for (const { id: appId } of apps) {
      const data = { appId, ...suspicion };
      this.outbox.emit({ type: 'license.guessing_suspected', appId, data });
    }
    this.audit.record({
      sellerId,
      appId: app?.id,
      actor: { kind: 'client' },
      action: 'client.key-guessing',
      target: app ? { kind: 'app', id: app.id } : { kind: 'gateway', id: sellerId },
      origin,
      outcome: 'KEY_UNKNOWN',
      severity: 'critical',
      details: suspicion,
    });
  }

  private record(
    action: AuditAction,
    app: ClientApp,
    target: { readonly kind: 'app-user'; readonly id: string },
    origin: Origin,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const { id: appId, sellerId } = app;
    this.audit.record({ sellerId, appId, actor: target, action, target, origin, details });
  }
}
