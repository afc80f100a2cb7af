import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import type { ClientApp } from '../apps';
import { License, LicenseAccess } from '../licenses';
import { Heartbeats, Session, SessionsService } from '../sessions';
import type { Entitlement } from './client-verdict';
import { ClientScreen } from './client-screen';
import { climb, ClientFacts, RefusalCode } from './domain/ladder';
import { RememberedSession, SessionMemory } from './session-memory';

export type CheckedSession = Pick<Entitlement, 'username' | 'level' | 'expiresAt'>;

/** The client behind a live session. */
export interface LiveClient extends CheckedSession {
  /** Id of the session. */
  readonly id: string;
  readonly licenseId: string;
  readonly licenseKey: string;
  /** Null when a key signed in without a user. */
  readonly userId: string | null;
  readonly hwid: string | null;
}

/** What a full check found, for those who must act on it. */
export interface Checked {
  readonly refusal: RefusalCode | null;
  readonly facts: ClientFacts;
  readonly session: Session | null;
  readonly license: License | null;
  /** Present when nothing refuses. */
  readonly client: RememberedSession | null;
}

/**
 * Heartbeats of live sessions. Answered from memory while the change feed vouches for it, from the
 * database otherwise; the ladder is the same.
 */
@Injectable()
export class ClientSessions {
  constructor(
    private readonly sessions: SessionsService,
    private readonly licenses: LicenseAccess,
    private readonly heartbeats: Heartbeats,
    private readonly memory: SessionMemory,
    private readonly screen: ClientScreen,
    private readonly clock: DatabaseClock,
  ) {}

  /** The answer if it is a grant that can be told without the database, else null. */
  checkRemembered(app: ClientApp, token: string, ip: string | null): LiveClient | null {
    const session = this.memory.get(token);
    if (!session || session.appId !== app.id) return null;
    const nowMs = this.clock.nowMs();
    const { hwid, username, licenseKey: key, expiresAt } = session;
    // Near the end of either the clock's error could decide; the database does not err.
    const latestMs = this.clock.latestMs();
    if (latestMs - session.seenAtMs >= session.ttlMs) return null;
    if (expiresAt && expiresAt.getTime() <= latestMs) return null;
    const facts = this.screen.earlyRemembered(app, { ip, hwid, username, key }, nowMs);
    if (!facts || climb(facts)) return null;
    this.beat(session, nowMs);
    return session;
  }

  /** Checks against the database and remembers a grant. Writes the heartbeat, or counts a refusal. */
  async check(app: ClientApp, token: string, origin: Origin): Promise<Checked> {
    const mark = this.memory.mark();
    const session = await this.sessions.findLive(app.id, token);
    const checked = await this.judge(app, session, origin);
    if (checked.client) this.memory.set(token, checked.client, mark);
    return checked;
  }

  /** The same for a session that something else than its token names; nothing is remembered. */
  async checkById(app: ClientApp, sessionId: string, origin: Origin): Promise<Checked> {
    return this.judge(app, await this.sessions.findLiveById(app.id, sessionId), origin);
  }

  private async judge(app: ClientApp, session: Session | null, origin: Origin): Promise<Checked> {
    const license = session && (await this.licenses.peek(app.id, session.licenseId));
    const facts = await this.factsOf(app, session, license, origin);
    const refusal = await this.screen.judge(facts);
    if (refusal || !session || !license) {
      return { refusal, facts, session, license, client: null };
    }
    const client = rememberedOf(session, license);
    this.beat(client, this.clock.nowMs());
    return { refusal: null, facts, session, license, client };
  }

  private async factsOf(
    app: ClientApp,
    session: Session | null,
    license: (License & { readonly now: Date }) | null,
    origin: Origin,
  ): Promise<ClientFacts> {
    const { hwid = null, username = null } = session ?? {};
    const client = { hwid, username, key: license?.key ?? null };
    const early = await this.screen.early(app, client, origin);
    if (!session || !license) return { ...early, sessionLive: false };
    // A banned or frozen user has no live session, so their status need not be asked for.
    const user = session.userId ? ({ status: 'ACTIVE' } as const) : undefined;
    return { ...early, now: license.now, sessionLive: true, license, user };
  }

  private beat(session: RememberedSession, nowMs: number): void {
    // Once in half a minute is enough for the row; the memory knows every beat.
    if (nowMs - session.writtenAtMs >= WRITE_EVERY_MS) {
      session.writtenAtMs = nowMs;
      this.heartbeats.beat(session.id, nowMs);
    }
    session.seenAtMs = nowMs;
  }
}

const WRITE_EVERY_MS = 30_000;

function rememberedOf(session: Session, license: License): RememberedSession {
  return {
    id: session.id,
    appId: session.appId,
    licenseId: session.licenseId,
    licenseKey: license.key,
    userId: session.userId,
    username: session.username,
    hwid: session.hwid,
    level: license.level,
    expiresAt: license.expiresAt,
    ttlMs: session.ttlSeconds * 1_000,
    seenAtMs: session.lastSeenAt.getTime(),
    writtenAtMs: session.lastSeenAt.getTime(),
  };
}
