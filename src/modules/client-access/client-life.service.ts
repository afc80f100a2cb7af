import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { ClientApp } from '../apps';
import { LicenseAccess } from '../licenses';
import { Session, SessionsService } from '../sessions';
import type { ClientRefusal, ClientVerdict } from './client-access.service';
import { ClientBooks } from './client-books';
import { ClientScreen } from './client-screen';
import { Checked, CheckedSession, ClientSessions, LiveClient } from './client-sessions.service';
import { climb } from './domain/ladder';

/** The life of a session: established whenever it is used, ended by the client or by time. */
@Injectable()
export class ClientLife {
  constructor(
    private readonly transactions: Transactions,
    private readonly checks: ClientSessions,
    private readonly sessions: SessionsService,
    private readonly licenses: LicenseAccess,
    private readonly books: ClientBooks,
    private readonly screen: ClientScreen,
  ) {}

  /** Verifies a session and renews it. An expiry found here ends the sessions of the licence. */
  async check(
    app: ClientApp,
    token: string,
    origin: Origin,
  ): Promise<ClientVerdict<CheckedSession>> {
    return this.establish(app, token, origin);
  }

  /**
   * The client behind a session token, for whatever it may do next: the rungs, the renewal and the
   * expiry are those of `check`, from memory first.
   */
  async establish(
    app: ClientApp,
    token: string,
    origin: Origin,
  ): Promise<ClientVerdict<LiveClient>> {
    const remembered = this.checks.checkRemembered(app, token, origin.ip);
    if (remembered) return granted(remembered);
    return this.conclude(app, await this.checks.check(app, token, origin), origin);
  }

  /** The same for a session that something else than its token names, such as a download ticket. */
  async establishById(
    app: ClientApp,
    sessionId: string,
    origin: Origin,
  ): Promise<ClientVerdict<LiveClient>> {
    return this.conclude(app, await this.checks.checkById(app, sessionId, origin), origin);
  }

  private async conclude(
    app: ClientApp,
    { refusal, session, license, client }: Checked,
    origin: Origin,
  ): Promise<ClientVerdict<LiveClient>> {
    if (client) return granted(client);
    if (session && license?.status === 'EXPIRED') await this.expire(app, session, refusal!, origin);
    return refused(refusal!);
  }

  /** A program that has signed nobody in: judged by its application and address alone. */
  async admitStranger(app: ClientApp, origin: Origin): Promise<ClientVerdict<null>> {
    const refusal = climb(await this.screen.early(app, { hwid: null, username: null }, origin));
    return refusal ? refused(refusal) : granted(null);
  }

  /** Ends the session. */
  async logout(app: ClientApp, token: string, origin: Origin): Promise<ClientVerdict<undefined>> {
    const session = await this.sessions.findLive(app.id, token);
    if (!session) return refused('SESSION_INVALID');
    return this.transactions.run(async () => {
      const ended = await this.sessions.end(app.id, session.id, 'logout');
      if (!ended) return refused<ClientRefusal>('SESSION_INVALID');
      this.books.loggedOut(app, session, origin);
      return granted(undefined);
    });
  }

  private async expire(
    app: ClientApp,
    session: Session,
    code: string,
    origin: Origin,
  ): Promise<void> {
    await this.transactions.run(async () => {
      const locked = await this.licenses.lock(app.id, session.licenseId);
      // It may have been extended while we waited for the lock.
      if (locked?.license.status !== 'EXPIRED') return;
      const { license } = locked;
      await this.licenses.noteExpiry(license, { ip: origin.ip, hwid: session.hwid });
      await this.sessions.endForLicense(license.id, 'expired');
      this.books.refused('check', app, license, null, code, origin);
    });
  }
}
