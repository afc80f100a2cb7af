import { Inject, Injectable } from '@nestjs/common';
import { Config, publicUrl } from '../../config';
import type { Origin } from '../../kernel';
import { CONFIG } from '../../platform/config-token';
import { Mailer } from '../../platform/mail';

/** Whom a notice goes to: always the address on the account, never one from a request. */
interface Recipient {
  readonly email: string;
}

type From = Pick<Origin, 'ip' | 'userAgent'>;

/** Mails about a seller's own account, queued with the commit of the open transaction. */
@Injectable()
export class SellerNotices {
  constructor(
    private readonly mailer: Mailer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether mails reach anybody. */
  get areSent(): boolean {
    return this.mailer.isConfigured;
  }

  /** The link that sets a new password. The token stands behind `#`, so that no log sees it. */
  resetLink(seller: Recipient, token: string): void {
    const base = publicUrl(this.config);
    this.send(seller, 'Set a new password', [
      'Somebody, hopefully you, asked for a new password for your account.',
      `Set one here within an hour:\n\n${base}/reset-password#token=${token}`,
      `A program sends {"token", "newPassword"} to ${base}/v1/auth/reset-password with this token:\n\n${token}`,
      'If it was not you, ignore this mail: nothing has changed.',
    ]);
  }

  passwordChanged(seller: Recipient, how: 'changed' | 'reset', from: From): void {
    this.send(seller, 'Your password was changed', [
      how === 'changed'
        ? 'The password of your account was changed, and every other sign-in was ended.'
        : 'The password of your account was set anew by a mailed link, and every sign-in was ended.',
      'API tokens stay valid: look them through.',
      wherefrom(from),
      NOT_YOU,
    ]);
  }

  refreshTokenReused(seller: Recipient, from: From): void {
    this.send(seller, 'Security alert: a sign-in was ended', [
      'A refresh token of your account was used a second time. Only a copy can do that, so we ended the sign-in it belongs to, for whoever held it.',
      wherefrom(from),
      'Sign in again. If you cannot explain the copy, change your password.',
    ]);
  }

  secondFactor(seller: Recipient, state: 'on' | 'off', from: From): void {
    this.send(seller, `Two-factor sign-in was switched ${state}`, [
      `Two-factor sign-in was switched ${state} for your account.`,
      wherefrom(from),
      NOT_YOU,
    ]);
  }

  private send({ email }: Recipient, subject: string, paragraphs: readonly string[]): void {
    this.mailer.enqueue({ to: email, subject, text: `${paragraphs.join('\n\n')}\n` });
  }
}

const NOT_YOU =
  'If it was not you, set a new password at once: ask for a reset mail, then end every sign-in and revoke every API token.';

function wherefrom({ ip, userAgent }: From): string {
  return `It came from ${ip ?? 'an unknown address'} (${userAgent ?? 'unknown program'}).`;
}
