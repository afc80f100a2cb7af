import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';

/** Whom a ticket was given to, and what for. */
export interface Admission {
  readonly appId: string;
  readonly sessionId: string;
}

@Injectable()
export class DownloadTicketsRepository extends Repository {
  async insert(hash: Buffer, fileId: string, sessionId: string, seconds: number): Promise<void> {
    await this.affected(
      `INSERT INTO download_tickets (token_hash, file_id, session_id, expires_at)
       VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`,
      [hash, fileId, sessionId, seconds],
    );
  }

  /** Takes the ticket, if it is for that file and good: of any number who try, one gets it. */
  take(hash: Buffer, code: string): Promise<Admission | null> {
    return this.one(
      `DELETE FROM download_tickets t USING files f
        WHERE t.token_hash = $1 AND f.id = t.file_id AND f.code = $2
          AND t.expires_at > clock_timestamp()
        RETURNING f.app_id, t.session_id`,
      [hash, code],
    );
  }

  /** Looks at a ticket without taking it. */
  peek(hash: Buffer, code: string): Promise<Admission | null> {
    return this.one(
      `SELECT f.app_id, t.session_id FROM download_tickets t JOIN files f ON f.id = t.file_id
        WHERE t.token_hash = $1 AND f.code = $2 AND t.expires_at > clock_timestamp()`,
      [hash, code],
    );
  }

  /** Deletes a batch of those whose time is over; returns how many. */
  deleteExpired(limit: number): Promise<number> {
    return this.affected(
      `DELETE FROM download_tickets WHERE token_hash IN (
         SELECT token_hash FROM download_tickets
          WHERE expires_at < now() ORDER BY expires_at LIMIT $1)`,
      [limit],
    );
  }
}
