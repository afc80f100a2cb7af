import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { Repository } from '../../platform/database';
import type { ClientLogEntity } from './entities/client-log.entity';

export interface LogFilter {
  readonly type?: string;
  readonly userId?: string;
}

@Injectable()
export class ClientLogsRepository extends Repository {
  async insert(line: Omit<ClientLogEntity, 'createdAt'>): Promise<void> {
    const values = [line.id, line.appId, line.sessionId, line.userId, line.licenseId];
    values.push(line.username, line.hwid, line.ip, line.type, line.message);
    await this.affected(
      `INSERT INTO client_logs (id, app_id, session_id, user_id, license_id, username, hwid, ip, type, message)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      values,
    );
  }

  list(appId: string, filter: LogFilter, request: PageRequest): Promise<Page<ClientLogEntity>> {
    const values: unknown[] = [appId];
    const where = ['app_id = $1'];
    if (filter.type) where.push(`type = $${values.push(filter.type)}`);
    if (filter.userId) where.push(`user_id = $${values.push(filter.userId)}`);
    return this.page({ table: 'client_logs', where, values }, request);
  }

  /** Deletes a batch of lines older than `days`; returns how many. */
  deleteOlderThan(days: number, batch: number): Promise<number> {
    return this.affected(
      `DELETE FROM client_logs WHERE id IN (
         SELECT id FROM client_logs
          WHERE created_at < now() - make_interval(days => $1) ORDER BY created_at LIMIT $2)`,
      [days, batch],
    );
  }

  /**
   * Deletes a batch of the lines beyond each application's newest `max`; returns how many. The
   * applications are found by hopping through the index, so it costs what they are, not their lines.
   */
  deleteBeyond(max: number, batch: number): Promise<number> {
    return this.affected(
      `WITH RECURSIVE apps AS (
         (SELECT app_id FROM client_logs ORDER BY app_id LIMIT 1)
         UNION ALL
         SELECT (SELECT l.app_id FROM client_logs l WHERE l.app_id > a.app_id ORDER BY l.app_id LIMIT 1)
           FROM apps a WHERE a.app_id IS NOT NULL),
       edges AS (
         SELECT a.app_id, e.created_at, e.id FROM apps a
          CROSS JOIN LATERAL (
            SELECT l.created_at, l.id FROM client_logs l WHERE l.app_id = a.app_id
             ORDER BY l.created_at DESC, l.id DESC OFFSET $1 LIMIT 1) e)
       DELETE FROM client_logs WHERE id IN (
         SELECT l.id FROM edges e
           JOIN client_logs l ON l.app_id = e.app_id AND (l.created_at, l.id) <= (e.created_at, e.id)
          LIMIT $2)`,
      [max, batch],
    );
  }
}
