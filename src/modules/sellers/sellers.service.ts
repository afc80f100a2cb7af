import { Injectable } from '@nestjs/common';
import { nameKey, Origin, SignedInSellerCaller } from '../../kernel';
import { newId, PasswordHasher } from '../../platform/crypto';
import { Transactions, violatesUnique } from '../../platform/database';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import { AuditTrail } from '../audit';
import { SellerErrors } from './domain/sellers.errors';
import type { SellerEntity } from './entities/seller.entity';
import { SellerSessions, TokenPair } from './seller-sessions.service';
import { SellersRepository } from './sellers.repository';

export interface NewSeller {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export type Seller = Pick<SellerEntity, 'id' | 'email' | 'name' | 'plan' | 'createdAt'>;

export interface SignedInSeller {
  readonly seller: Seller;
  readonly tokens: TokenPair;
}

/** Seller accounts: the tenants of this server. */
@Injectable()
export class SellersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly sellers: SellersRepository,
    private readonly sessions: SellerSessions,
    private readonly hasher: PasswordHasher,
    private readonly attempts: SignInAttempts,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws EMAIL_TAKEN */
  async register(input: NewSeller, origin: Origin): Promise<SignedInSeller> {
    const passwordHash = await this.hasher.hash(input.password);
    try {
      return await this.transactions.run(async () => {
        const seller = await this.sellers.insert({
          id: newId(),
          email: input.email,
          emailKey: nameKey(input.email),
          name: input.name,
          passwordHash,
        });
        this.record('seller.register', seller.id, origin);
        return { seller, tokens: await this.sessions.open(seller.id, origin) };
      });
    } catch (error) {
      if (violatesUnique(error, 'sellers_email')) throw SellerErrors.EMAIL_TAKEN();
      throw error;
    }
  }

  /** @throws INVALID_CREDENTIALS, SIGN_IN_LOCKED */
  async login(email: string, password: string, origin: Origin): Promise<SignedInSeller> {
    const emailKey = nameKey(email);
    const subject = this.attempts.subject('seller', emailKey);
    return this.attempts.pass(
      subject,
      password,
      () => this.verify(emailKey, password, subject),
      (sellerId) => sellerId !== null,
      (sellerId) => this.signIn(sellerId, subject, origin),
    );
  }

  /** The account with that address, for the operator's tools; null when there is none. */
  findByEmail(email: string): Promise<Seller | null> {
    return this.sellers.findByEmail(nameKey(email));
  }

  async profile(caller: SignedInSellerCaller): Promise<Seller> {
    const seller = await this.sellers.findById(caller.seller.sellerId);
    if (!seller) throw SellerErrors.INVALID_CREDENTIALS();
    return seller;
  }

  /**
   * Changes the password and ends every other sign-in.
   * @throws WRONG_CURRENT_PASSWORD, SIGN_IN_LOCKED
   */
  async changePassword(current: string, next: string, caller: SignedInSellerCaller): Promise<void> {
    const { emailKey, passwordHash } = (await this.sellers.findById(caller.seller.sellerId))!;
    const subject = this.attempts.subject('seller', emailKey);
    await this.attempts.pass(
      subject,
      current,
      () => this.verify(emailKey, current, subject),
      (sellerId) => sellerId !== null,
      async (sellerId) => {
        if (!sellerId) throw SellerErrors.WRONG_CURRENT_PASSWORD();
        const newHash = await this.hasher.hash(next);
        await this.transactions.run(async () => {
          const replaced = await this.sellers.replacePassword(sellerId, passwordHash, newHash);
          if (!replaced) throw SellerErrors.WRONG_CURRENT_PASSWORD();
          const ended = await this.sessions.endOthers(caller.seller, 'password change');
          this.attempts.clear(subject);
          this.record('seller.change-password', sellerId, caller, { endedSignIns: ended });
        });
      },
    );
  }

  /** The id of the seller whose password it is, or null. Takes one attempt. */
  private async verify(
    emailKey: string,
    password: string,
    subject: AttemptSubject,
  ): Promise<string | null> {
    const found = await this.sellers.findForSignIn(emailKey, subject);
    if (!found.allowed) {
      throw SellerErrors.SIGN_IN_LOCKED({ retryAfterSeconds: found.retryAfter ?? 1 });
    }
    return (await this.hasher.verify(password, found.passwordHash)) ? found.id : null;
  }

  private async signIn(
    sellerId: string | null,
    subject: AttemptSubject,
    origin: Origin,
  ): Promise<SignedInSeller> {
    if (!sellerId) throw SellerErrors.INVALID_CREDENTIALS();
    return this.transactions.run(async () => {
      const seller = await this.sellers.findById(sellerId);
      if (!seller) throw SellerErrors.INVALID_CREDENTIALS();
      this.attempts.clear(subject);
      this.record('seller.login', sellerId, origin);
      return { seller, tokens: await this.sessions.open(sellerId, origin) };
    });
  }

  private record(
    action: string,
    id: string,
    origin: Origin,
    details?: Readonly<Record<string, unknown>>,
  ): void {
    const actor = { kind: 'seller', id } as const;
    this.audit.record({ sellerId: id, actor, action, target: actor, origin, details });
  }
}
