import { Inject, Injectable } from '@nestjs/common';
import { KeyRing, newId } from '../crypto';
import { Transactions } from '../database';
import { LOGGER, Logger } from '../logging';
import type { MailEntity } from './entities/mail.entity';
import { Mail, MAIL_TRANSPORT, MailTransport } from './mail-transport';
import { MailsRepository, MAX_TRIES } from './mails.repository';

/** Mails of one round; the rest waits for the next. */
const ROUND_MAX = 50;

/**
 * Mail in two steps: a use case queues it in its own transaction, so that both stand or neither;
 * a background job sends it, with nobody waiting, and tries again for three days.
 */
@Injectable()
export class Mailer {
  constructor(
    private readonly transactions: Transactions,
    private readonly mails: MailsRepository,
    private readonly keys: KeyRing,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport | null,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether mails reach anybody: false in production without `SMTP_URL`. */
  get isConfigured(): boolean {
    return this.transport !== null;
  }

  /**
   * Queues a mail with the commit of the open transaction; the text is encrypted until it is sent.
   * Where no mail can be sent, none is queued.
   */
  enqueue({ to, subject, text }: Mail): void {
    if (!this.isConfigured) return;
    const id = newId();
    const bodySealed = this.keys.seal(text, context(id));
    this.transactions.defer(this.mails.queueing({ id, recipient: to, subject, bodySealed }));
  }

  /** Sends what is due, one after the other; returns how many went. Any process may be at it. */
  async sendDue(stopping: AbortSignal): Promise<number> {
    if (!this.transport) return 0;
    let sent = 0;
    for (let tried = 0; tried < ROUND_MAX && !stopping.aborted; tried++) {
      const mail = await this.mails.claim();
      if (!mail) break;
      if (await this.trySending(mail, this.transport, stopping)) sent++;
    }
    return sent;
  }

  private async trySending(
    mail: MailEntity,
    transport: MailTransport,
    stopping: AbortSignal,
  ): Promise<boolean> {
    const { id, recipient, subject, attempts } = mail;
    try {
      const text = this.keys.open(mail.bodySealed, context(id));
      await transport.send({ to: recipient, subject, text }, stopping);
      await this.mails.remove(id);
      return true;
    } catch (error) {
      const given = attempts >= MAX_TRIES;
      const level = given ? 'error' : 'warn';
      const what = given ? 'mail given up' : 'mail not sent, will be tried again';
      this.logger[level]({ mailId: id, subject, attempts, err: error }, what);
      if (given) await this.mails.remove(id);
      return false;
    }
  }
}

function context(id: string): string {
  return `mail ${id}`;
}
