import { Injectable } from '@nestjs/common';
import { parseUuid } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import { JwtTokens } from '../../platform/crypto';

const AUDIENCE = 'latchkey:client';

/**
 * Session tokens in the form of a JWT, for the wire whose clients expect one (D-B3). It names the
 * session and nothing else; how long it is good for is the session's business alone.
 */
@Injectable()
export class SessionJwts {
  constructor(
    private readonly tokens: JwtTokens,
    private readonly clock: DatabaseClock,
  ) {}

  issue(appId: string, sessionId: string): string {
    const issuedAt = new Date(this.clock.nowMs());
    return this.tokens.issue(
      AUDIENCE,
      { sid: sessionId, app: appId },
      { issuedAt, ttlSeconds: null },
    );
  }

  /** The application a genuine token was issued in; null for any other text. */
  appOf(token: string): string | null {
    const app = this.tokens.verify(AUDIENCE, token)?.['app'];
    return typeof app === 'string' ? parseUuid(app) : null;
  }

  /** The session a genuine token of that application names; null for any other text. */
  sessionOf(appId: string, token: string): string | null {
    const claims = this.tokens.verify(AUDIENCE, token);
    if (!claims || claims['app'] !== appId) return null;
    const { sid } = claims;
    return typeof sid === 'string' ? parseUuid(sid) : null;
  }
}
