/** Seconds in which a client that lost the answer may ask again for the same successor. */
export const SAFE_RETRY_SECONDS = 30;

export interface RefreshFacts {
  readonly now: Date;
  /** Number of the presented token, whose authenticity is already proven. */
  readonly presented: number;
  readonly session: {
    readonly generation: number;
    readonly rotatedAt: Date;
    readonly expiresAt: Date;
    readonly endedAt: Date | null;
  };
}

/**
 * What a genuine refresh token is worth (D-A16): the newest is exchanged; its parent, presented
 * again within 30 s while its successor is unused, gets the same successor; anything older was
 * stolen or copied, and the whole family dies.
 */
export type RefreshDecision = 'rotate' | 'repeat' | 'reuse' | 'dead';

export function judgeRefresh({ now, presented, session }: RefreshFacts): RefreshDecision {
  if (session.endedAt !== null || session.expiresAt <= now) return 'dead';
  if (presented === session.generation) return 'rotate';
  const age = (now.getTime() - session.rotatedAt.getTime()) / 1_000;
  const isParent = presented === session.generation - 1;
  return isParent && age <= SAFE_RETRY_SECONDS ? 'repeat' : 'reuse';
}
