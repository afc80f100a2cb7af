import { Injectable } from '@nestjs/common';
import { nameKey, Origin } from '../../../kernel';
import { randomToken, sha256 } from '../../../platform/crypto';
import { SellerErrors } from '../domain/sellers.errors';
import { SellerBooks } from '../seller-books';
import { SellerNotices } from '../seller-notices';
import { KnownRequest, PasswordResetsRepository } from './password-resets.repository';

const TOKEN_BYTES = 32;
const TOKEN_TTL_SECONDS = 3_600;
const BATCH = 100;
/** Longer than the key of any address that a mail server takes, and short enough for the index. */
const EMAIL_KEY_MAX = 512;

/**
 * Requests for a new password. A request only notes the address, in the same way whether it is
 * known or not, so neither the answer nor its time tells which (S-11). What follows happens later,
 * on the clock of a background job and not on that of the request.
 */
@Injectable()
export class PasswordResetRequests {
  constructor(
    private readonly resets: PasswordResetsRepository,
    private readonly notices: SellerNotices,
    private readonly books: SellerBooks,
  ) {}

  /** @throws MAIL_NOT_CONFIGURED for every address alike */
  async request(email: string, origin: Origin): Promise<void> {
    if (!this.notices.areSent) throw SellerErrors.MAIL_NOT_CONFIGURED({ retryAfterSeconds: 3_600 });
    const emailKey = nameKey(email);
    if (emailKey.length <= EMAIL_KEY_MAX) await this.resets.note(emailKey, origin.ip);
  }

  /**
   * Answers a batch of requests inside the caller's transaction: a token and a mail for each
   * address that an account has, once a minute at most. Returns how many requests it took.
   */
  async answer(): Promise<number> {
    const requests = await this.resets.take(BATCH);
    if (requests.length === 0) return 0;
    for (const request of await this.resets.due(requests)) await this.sendToken(request);
    return requests.length;
  }

  private async sendToken({ sellerId, email, ip }: KnownRequest): Promise<void> {
    const token = randomToken(TOKEN_BYTES);
    await this.resets.addToken(sellerId, sha256(token), TOKEN_TTL_SECONDS);
    this.notices.resetLink({ email }, token);
    const origin = { requestId: 'background', ip, userAgent: null };
    this.books.record('seller.forgot-password', sellerId, origin, {}, { kind: 'client' });
  }
}
