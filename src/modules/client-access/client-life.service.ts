import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { ClientApp } from '../apps';
import { LicenseAccess } from '../licenses';
import { Session, SessionsService } from '../sessions';
import type { ClientRefusal, ClientVerdict } from './client-access.service';
import { ClientBooks } from './client-books';
import { CheckedSession, ClientSessions } from './client-sessions.service';

/** How a session ends by the client's or by time's doing. */
@Injectable()
export class ClientLife {
  constructor(
    private readonly transactions: Transactions,
    private readonly checks: ClientSessions,
    private readonly sessions: SessionsService,
    private readonly licenses: LicenseAccess,
    private readonly books: ClientBooks,
  ) {}

  /** Verifies a session and renews it. An expiry found here ends the sessions of the licence. */
  async check(
    app: ClientApp,
    token: string,
    origin: Origin,
  ): Promise<ClientVerdict<CheckedSession>> {
    const { refusal, session, license } = await this.checks.check(app, token, origin);
    if (!refusal) {
      const { level, expiresAt } = license!;
      return granted({ username: session!.username, level, expiresAt });
    }
    if (session && license?.status === 'EXPIRED') await this.expire(app, session, refusal, origin);
    return refused(refusal);
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
