import { Injectable } from '@nestjs/common';
import { Page, PageRequest, SellerCaller } from '../../kernel';
import { newId, randomToken, sha256 } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { AuditTrail, sellerActor } from '../audit';
import { SessionErrors } from './domain/sessions.errors';
import type { SessionEntity } from './entities/session.entity';
import { SessionJwts } from './session-jwts';
import { EndedSession, OnlineClient, SessionsRepository } from './sessions.repository';

export type { OnlineClient } from './sessions.repository';
export type Session = Omit<SessionEntity, 'tokenHash'>;

/** Whose session it is and where it runs. */
export interface SessionSubject {
  readonly appId: string;
  readonly licenseId: string;
  readonly userId: string | null;
  readonly username: string | null;
  readonly hwid: string | null;
  readonly ip: string | null;
}

export interface OpenedSession {
  readonly id: string;
  /** `sess_` and 256 random bits; shown once, stored as a hash. */
  readonly token: string;
  /** Addresses the licence signed in from within a day, this one included; null if not asked. */
  readonly addresses: number | null;
}

/** How a session is opened. */
export interface Terms {
  readonly ttlSeconds: number;
  /** Sessions of one licence that may live at once. */
  readonly maxLive: number;
  readonly countAddresses: boolean;
}

const TOKEN_PREFIX = 'sess_';
const TOKEN_BYTES = 32;
/** Longest text looked up as a token: the longest JWT of ours has some 300 characters. */
export const TOKEN_MAX = 1_024;
/** A client is online while its last heartbeat is at most this old (D-A4). */
const ONLINE_SECONDS = 300;
const ONLINE_MAX = 1_000;

/** The tenant and application a verb acts in, as its caller has established. */
interface Scope {
  readonly id: string;
  readonly sellerId: string;
}

/** Sessions of clients: opened after a grant, kept by heartbeats, ended by many things (D-A4). */
@Injectable()
export class SessionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly sessions: SessionsRepository,
    private readonly jwts: SessionJwts,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Opens a session inside the caller's transaction, which holds the licence locked. The oldest
   * sessions of the licence beyond `maxLive` end (D-A5).
   */
  async open(subject: SessionSubject, terms: Terms): Promise<OpenedSession> {
    const { ttlSeconds, maxLive, countAddresses } = terms;
    const id = newId();
    const token = TOKEN_PREFIX + randomToken(TOKEN_BYTES);
    const row = {
      id,
      ...subject,
      ttlSeconds,
      tokenHash: sha256(token),
      tokenTail: token.slice(-4),
    };
    const opening = await this.sessions.insertEvictingOldest(row, maxLive, countAddresses);
    this.forget(opening.ended.map((ended) => ({ id: ended })));
    return { id, token, addresses: opening.addresses };
  }

  /** The live session of that application with this token, of either kind, or null. */
  async findLive(appId: string, token: string): Promise<Session | null> {
    if (token.startsWith(TOKEN_PREFIX)) {
      return this.sessions.findLiveByToken(appId, sha256(token));
    }
    const id = this.jwts.sessionOf(appId, token);
    return id === null ? null : this.sessions.findLive(appId, id);
  }

  /** The live session of that application with this id, or null. */
  findLiveById(appId: string, sessionId: string): Promise<Session | null> {
    return this.sessions.findLive(appId, sessionId);
  }

  /**
   * The application that a token of either kind was issued in, whether its session still lives or
   * not; null for any other text. For wires on which nothing else names the application.
   */
  async appOf(token: string): Promise<string | null> {
    if (!token.startsWith(TOKEN_PREFIX)) return this.jwts.appOf(token);
    return this.sessions.appOfToken(sha256(token));
  }

  /** The session's token in the form of a JWT: as good as the other one, for as long (D-B3). */
  jwtOf(appId: string, sessionId: string): string {
    return this.jwts.issue(appId, sessionId);
  }

  /** Who is online (D-A4): the latest first, a thousand at most, and how many in all. */
  online(
    appId: string,
    askingId: string,
  ): Promise<{ readonly count: number; readonly clients: readonly OnlineClient[] }> {
    return this.sessions.online(appId, askingId, ONLINE_SECONDS, ONLINE_MAX);
  }

  countOnline(appId: string, askingId: string): Promise<number> {
    return this.sessions.countOnline(appId, askingId, ONLINE_SECONDS);
  }

  list(app: Scope, request: PageRequest): Promise<Page<Session>> {
    return this.sessions.listLive(app.id, request);
  }

  /** @throws SESSION_NOT_FOUND */
  async kill(app: Scope, sessionId: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const ended = await this.sessions.end(app.id, sessionId, 'killed');
      if (ended.length === 0) throw SessionErrors.SESSION_NOT_FOUND();
      this.forget(ended);
      this.audit.record({
        sellerId: app.sellerId,
        appId: app.id,
        actor: sellerActor(caller),
        action: 'session.kill',
        target: { kind: 'session', id: sessionId },
        origin: caller,
      });
    });
  }

  /** Ends one session inside the caller's transaction; tells whether it was live. */
  async end(appId: string, sessionId: string, reason: string): Promise<boolean> {
    return this.forget(await this.sessions.end(appId, sessionId, reason)) > 0;
  }

  /** Ends the licence's sessions inside the caller's transaction; returns how many. */
  async endForLicense(licenseId: string, reason: string): Promise<number> {
    return this.forget(await this.sessions.endByLicense(licenseId, reason));
  }

  /** Ends the user's sessions inside the caller's transaction; returns how many. */
  async endForUser(userId: string, reason: string): Promise<number> {
    return this.forget(await this.sessions.endByUser(userId, reason));
  }

  private forget(ended: readonly EndedSession[]): number {
    for (const { id } of ended) this.transactions.announce('session', id);
    return ended.length;
  }
}
