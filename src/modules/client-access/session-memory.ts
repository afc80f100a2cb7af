import { Injectable } from '@nestjs/common';
import { ChangeFeed, Topic } from '../../platform/database';

/** What a check must know of a session to answer without the database. */
export interface RememberedSession {
  readonly id: string;
  readonly appId: string;
  readonly licenseId: string;
  readonly licenseKey: string;
  readonly userId: string | null;
  readonly username: string | null;
  readonly hwid: string | null;
  readonly level: number;
  readonly expiresAt: Date | null;
  readonly ttlMs: number;
  /** Database time of the last heartbeat, Unix milliseconds; grows with every check. */
  seenAtMs: number;
  /** The last heartbeat that was handed over for writing. */
  writtenAtMs: number;
}

const MAX_SESSIONS = 500_000;

/**
 * Live sessions by token, as this process last read them. Used only while the change feed vouches
 * that nothing which was changed is still remembered here.
 */
@Injectable()
export class SessionMemory {
  private readonly byToken = new Map<string, RememberedSession>();
  /** `topic:id` → tokens of the sessions that such a change concerns. */
  private readonly byThing = new Map<string, Set<string>>();

  constructor(private readonly changes: ChangeFeed) {
    changes.subscribe((topic, id) => this.forget(topic, id));
  }

  get(token: string): RememberedSession | null {
    return this.changes.isTrusted() ? (this.byToken.get(token) ?? null) : null;
  }

  /** The mark to take before reading what shall be remembered; see `set`. */
  mark(): number {
    return this.changes.mark();
  }

  /** Remembers a session, unless it changed since `mark`: then this may be old already. */
  set(token: string, session: RememberedSession, mark: number): void {
    const things = thingsOf(session);
    if (this.changes.changedSince(mark, things)) return;
    if (this.byToken.size >= MAX_SESSIONS) this.clear();
    this.byToken.set(token, session);
    for (const thing of things) {
      let tokens = this.byThing.get(thing);
      if (!tokens) this.byThing.set(thing, (tokens = new Set()));
      tokens.add(token);
    }
  }

  private forget(topic: Topic, id: string): void {
    if (topic === 'everything') return this.clear();
    for (const token of this.byThing.get(`${topic}:${id}`) ?? []) {
      const session = this.byToken.get(token);
      this.byToken.delete(token);
      if (!session) continue;
      for (const thing of thingsOf(session)) {
        const tokens = this.byThing.get(thing);
        tokens?.delete(token);
        if (tokens?.size === 0) this.byThing.delete(thing);
      }
    }
  }

  private clear(): void {
    this.byToken.clear();
    this.byThing.clear();
  }
}

function thingsOf(session: RememberedSession): string[] {
  const things = [`session:${session.id}`, `license:${session.licenseId}`, `app:${session.appId}`];
  return session.userId ? [...things, `user:${session.userId}`] : things;
}
