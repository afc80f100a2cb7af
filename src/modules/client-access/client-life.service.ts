import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { ClientApp } from '../apps';
import { LicenseAccess } from '../licenses';
import { Session, SessionsService } from '../sessions';
import type { ClientRefusal, ClientVerdict } from './client-verdict';
import { ClientBooks } from './client-books';
import type { ClientVerb } from './client-denials';
import { ClientScreen } from './client-screen';
import { Checked, CheckedSession, ClientSessions, LiveClient } from './client-sessions.service';
import { refusedBy } from './domain/denial';
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

  /** Something that the client behind a token asks for; its refusal is kept like one of the session. */
  async asClient<T>(
    verb: ClientVerb,
    app: ClientApp,
    token: string,
    origin: Origin,
    act: (client: LiveClient) => Promise<ClientVerdict<T>>,
  ): Promise<ClientVerdict<T>> {
    return this.act(verb, app, await this.establish(app, token, origin), origin, act);
  }

  /** The same for a session that something else than its token names, such as a download ticket. */
  async asClientById<T>(
    verb: ClientVerb,
    app: ClientApp,
    sessionId: string,
    origin: Origin,
    act: (client: LiveClient) => Promise<ClientVerdict<T>>,
  ): Promise<ClientVerdict<T>> {
    const checked = await this.checks.checkById(app, sessionId, origin);
    return this.act(verb, app, await this.conclude(app, checked, origin), origin, act);
  }

  private async act<T>(
    verb: ClientVerb,
    app: ClientApp,
    established: ClientVerdict<LiveClient>,
    origin: Origin,
    act: (client: LiveClient) => Promise<ClientVerdict<T>>,
  ): Promise<ClientVerdict<T>> {
    if (!established.granted) return established;
    const client = established.value;
    return this.books.denials.watch(verb, app, client, origin, act(client));
  }

  private conclude(
    app: ClientApp,
    checked: Checked,
    origin: Origin,
  ): Promise<ClientVerdict<LiveClient>> {
    if (checked.client) return Promise.resolve(granted(checked.client));
    const { username = null, hwid = null } = checked.session ?? {};
    const shown = { username, hwid, licenseKey: checked.license?.key ?? null };
    const verdict = this.refuse(app, checked, origin);
    return this.books.denials.watch('check', app, shown, origin, verdict);
  }

  private async refuse(
    app: ClientApp,
    { refusal, facts, session, license }: Checked,
    origin: Origin,
  ): Promise<ClientVerdict<never>> {
    if (session && license?.status === 'EXPIRED') await this.expire(app, session, refusal!, origin);
    return refusedBy(refusal!, facts);
  }

  /** A program that has signed nobody in: judged by its application and address alone. */
  async admitStranger(app: ClientApp, origin: Origin): Promise<ClientVerdict<null>> {
    return this.books.denials.watch('log', app, {}, origin, this.judgeStranger(app, origin));
  }

  private async judgeStranger(app: ClientApp, origin: Origin): Promise<ClientVerdict<null>> {
    const facts = await this.screen.early(app, { hwid: null, username: null }, origin);
    const refusal = climb(facts);
    return refusal ? refusedBy(refusal, facts) : granted(null);
  }

  /** Ends the session. */
  logout(app: ClientApp, token: string, origin: Origin): Promise<ClientVerdict<undefined>> {
    return this.books.denials.watch('logout', app, {}, origin, this.end(app, token, origin));
  }

  private async end(
    app: ClientApp,
    token: string,
    origin: Origin,
  ): Promise<ClientVerdict<undefined>> {
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
