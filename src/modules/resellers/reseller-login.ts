import { Injectable } from '@nestjs/common';
import { nameKey, Origin } from '../../kernel';
import { Transactions } from '../../platform/database';
import { SignInAttempts } from '../../platform/rate-limit';
import { ClientApp, ClientApps } from '../apps';
import { SellerErrors } from '../sellers';
import { ResellerErrors } from './domain/resellers.errors';
import { ResellerPasswords, Verified } from './reseller-passwords';
import { ResellerTokens } from './reseller-tokens';
import { ResellersRepository } from './resellers.repository';

export interface ResellerCredentials {
  readonly appId: string;
  readonly apiKey: string;
  readonly username: string;
  readonly password: string;
}

export interface SignedInReseller {
  /** JWT, good for 24 hours at most. */
  readonly token: string;
  readonly username: string;
  /** Credits. */
  readonly balance: number;
}

/** How a reseller signs in: the application's credentials, then their own. */
@Injectable()
export class ResellerLogin {
  constructor(
    private readonly apps: ClientApps,
    private readonly transactions: Transactions,
    private readonly resellers: ResellersRepository,
    private readonly attempts: SignInAttempts,
    private readonly tokens: ResellerTokens,
    private readonly passwords: ResellerPasswords,
  ) {}

  /**
   * Tries on one name take turns and are counted, those from the address of the last login apart;
   * an unknown name is treated, and takes as long, as a known one.
   * @throws INVALID_KEY, RESELLER_APP_PAUSED, INVALID_CREDENTIALS, SIGN_IN_LOCKED,
   * RESELLER_SUSPENDED (only after the right password)
   */
  async login(given: ResellerCredentials, origin: Origin): Promise<SignedInReseller> {
    const app = await this.apps.authenticate(given.appId, given.apiKey);
    if (!app) throw ResellerErrors.INVALID_KEY();
    if (app.status !== 'ACTIVE') throw ResellerErrors.RESELLER_APP_PAUSED();
    const name = this.attempts.subject('reseller', app.id, nameKey(given.username));
    const subject = this.attempts.from(name, origin.ip);
    return this.attempts.pass(
      subject,
      given.password,
      () => this.passwords.verify(app.id, given, subject, origin),
      (verified) => verified !== null,
      (verified) => this.signIn(app, verified, origin),
    );
  }

  private async signIn(
    app: ClientApp,
    verified: Verified | null,
    origin: Origin,
  ): Promise<SignedInReseller> {
    if (!verified) throw SellerErrors.INVALID_CREDENTIALS();
    const signedIn = await this.transactions.run(async () => {
      const reseller = await this.resellers.lock(app.id, verified.id);
      // Deleted, or given another password, while this one was being verified.
      if (reseller?.passwordHash !== verified.passwordHash)
        throw SellerErrors.INVALID_CREDENTIALS();
      this.attempts.clear(verified.subject);
      const token = this.tokens.open(reseller, app.sellerId, origin);
      return token && { token, username: reseller.username, balance: Number(reseller.balance) };
    });
    // Thrown here, after the commit: the password was right, so the tries are forgotten.
    if (!signedIn) throw ResellerErrors.RESELLER_SUSPENDED();
    return signedIn;
  }
}
