import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { SellerSessionEntity } from './entities/seller-session.entity';

/** A live sign-in as its owner sees it. */
export type LiveSignIn = Pick<
  SellerSessionEntity,
  'id' | 'ip' | 'userAgent' | 'createdAt' | 'rotatedAt'
>;

@Injectable()
export class SellerSessionsRepository extends Repository {
  async insert(
    session: Pick<SellerSessionEntity, 'id' | 'sellerId' | 'secret' | 'ip' | 'userAgent'>,
    ttlSeconds: number,
  ): Promise<SellerSessionEntity> {
    const row = await this.one<SellerSessionEntity>(
      `INSERT INTO seller_sessions (id, seller_id, secret, ip, user_agent, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) RETURNING *`,
      [session.id, session.sellerId, session.secret, session.ip, session.userAgent, ttlSeconds],
    );
    return row!;
  }

  /** The sign-in, locked until the transaction ends, with the database's time. */
  lock(id: string): Promise<(SellerSessionEntity & { now: Date }) | null> {
    return this.one(
      'SELECT *, clock_timestamp() AS now FROM seller_sessions WHERE id = $1 FOR UPDATE',
      [id],
    );
  }

  /** Spends the current refresh token; the sign-in lives on for `ttlSeconds`. */
  async rotate(id: string, ttlSeconds: number): Promise<SellerSessionEntity> {
    const row = await this.one<SellerSessionEntity>(
      `UPDATE seller_sessions
          SET generation = generation + 1, rotated_at = clock_timestamp(),
              expires_at = clock_timestamp() + make_interval(secs => $2)
        WHERE id = $1 RETURNING *`,
      [id, ttlSeconds],
    );
    return row!;
  }

  /** Whether the sign-in is live and belongs to that seller. */
  async isLive(id: string, sellerId: string): Promise<boolean> {
    const row = await this.one(
      `SELECT 1 FROM seller_sessions
        WHERE id = $1 AND seller_id = $2 AND ended_at IS NULL AND expires_at > now()`,
      [id, sellerId],
    );
    return row !== null;
  }

  async end(id: string, reason: string): Promise<void> {
    await this.affected(
      `UPDATE seller_sessions SET ended_at = now(), end_reason = $2
        WHERE id = $1 AND ended_at IS NULL`,
      [id, reason],
    );
  }

  /** Ends every other sign-in of the seller; returns how many. */
  endOthers(sellerId: string, exceptId: string, reason: string): Promise<number> {
    return this.affected(
      `UPDATE seller_sessions SET ended_at = now(), end_reason = $3
        WHERE seller_id = $1 AND id <> $2 AND ended_at IS NULL`,
      [sellerId, exceptId, reason],
    );
  }

  /** Ends every sign-in of the seller; returns how many. */
  endAll(sellerId: string, reason: string): Promise<number> {
    return this.affected(
      `UPDATE seller_sessions SET ended_at = now(), end_reason = $2
        WHERE seller_id = $1 AND ended_at IS NULL`,
      [sellerId, reason],
    );
  }

  /** Ends one live sign-in of the seller; tells whether there was one. */
  async endOwned(sellerId: string, id: string, reason: string): Promise<boolean> {
    const count = await this.affected(
      `UPDATE seller_sessions SET ended_at = now(), end_reason = $3
        WHERE seller_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > now()`,
      [sellerId, id, reason],
    );
    return count === 1;
  }

  /** Deletes a batch of sign-ins that expired `days` ago, ended or not; returns how many. */
  deleteExpired(days: number): Promise<number> {
    return this.affected(
      `DELETE FROM seller_sessions WHERE id IN (
         SELECT id FROM seller_sessions
          WHERE expires_at < now() - make_interval(days => $1) ORDER BY expires_at LIMIT 5000)`,
      [days],
    );
  }

  listLive(sellerId: string, request: PageRequest): Promise<Page<LiveSignIn>> {
    return this.page(
      {
        table: 'seller_sessions',
        select: 'id, ip, user_agent, created_at, rotated_at',
        where: ['seller_id = $1', 'ended_at IS NULL', 'expires_at > now()'],
        values: [sellerId],
      },
      request,
    );
  }
}
