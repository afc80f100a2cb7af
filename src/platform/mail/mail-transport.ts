import { createTransport } from 'nodemailer';
import type { Config } from '../../config';
import type { Logger } from '../logging';

/** A letter in plain text to one address. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** How mails leave this server. */
export interface MailTransport {
  /** @throws when the mail was not taken; it may be tried again. */
  send(mail: Mail, stopping: AbortSignal): Promise<void>;
}

/** Injects the transport; null where no mail can be sent at all. */
export const MAIL_TRANSPORT = Symbol('mail transport');

/** No step of the dialogue with a mail server may take longer, nor the whole of it. */
const STEP_TIMEOUT_MS = 10_000;
const SEND_TIMEOUT_MS = 30_000;

/** SMTP where it is set up; else, outside production, the log. */
export function mailTransport(config: Config, logger: Logger): MailTransport | null {
  if (config.SMTP_URL) return smtpTransport(config.SMTP_URL, config.MAIL_FROM);
  return config.NODE_ENV === 'production' ? null : logTransport(logger);
}

function smtpTransport(url: string, from: string): MailTransport {
  const smtp = createTransport({
    url,
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    dnsTimeout: STEP_TIMEOUT_MS,
    // A mail of ours has no attachments; nothing in one may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }, stopping) {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
      // As an object the address is one address, whatever is written in it.
      await smtp.sendMail({ from, to: { name: '', address: to }, subject, text, signal });
    },
  };
}

function logTransport(logger: Logger): MailTransport {
  return {
    send: async (mail) => {
      logger.info({ mail }, 'mail (SMTP_URL is not set, so it stands here)');
    },
  };
}
