import { Injectable } from '@nestjs/common';
import { DeferredWrite, Repository } from '../database';
import type { MailEntity } from './entities/mail.entity';

/** Seconds from each try to the next: ten tries over three days. */
const RETRY_SECONDS = [60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/** Tries after which a mail is given up. */
export const MAX_TRIES = RETRY_SECONDS.length + 1;

@Injectable()
export class MailsRepository extends Repository {
  /** The write that puts a mail into the queue. */
  queueing(mail: Pick<MailEntity, 'id' | 'recipient' | 'subject' | 'bodySealed'>): DeferredWrite {
    const { id, recipient, subject, bodySealed } = mail;
    return (bind) =>
      `INSERT INTO mails (id, recipient, subject, body_sealed)
       VALUES (${bind(id)}, ${bind(recipient)}, ${bind(subject)}, ${bind(bodySealed)})`;
  }

  /**
   * Takes the mail that waits longest, for one try: no other process takes it before the next try
   * is due, so a process that dies over it loses nothing. Null when none is due.
   */
  claim(): Promise<MailEntity | null> {
    return this.one(
      `UPDATE mails SET attempts = attempts + 1,
              not_before = now() + make_interval(secs => coalesce(($1::int[])[attempts + 1], 3600))
        WHERE id = (SELECT id FROM mails WHERE not_before <= now()
                     ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [RETRY_SECONDS],
    );
  }

  async remove(id: string): Promise<void> {
    await this.affected('DELETE FROM mails WHERE id = $1', [id]);
  }
}
