import { Injectable } from '@nestjs/common';
import { nameKey } from '../../kernel';
import { newId, PasswordHasher } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import { Outbox } from '../../platform/outbox';
import { AttemptSubject, SignInAttempts } from '../../platform/rate-limit';
import type { ClientApp } from '../apps';
import { PlanLimits } from '../plans';
import { AppUsersRepository } from './app-users.repository';
import { UserErrors } from './domain/app-users.errors';
import { nameTakenOr } from './name-taken';
import type { AppUserEntity } from './entities/app-user.entity';

export type ClientUser = Pick<AppUserEntity, 'id' | 'username' | 'status' | 'licenseId'>;

/** What a client presents to sign in; without a HWID it comes from no device it could be known by. */
export interface SignInInput {
  readonly username: string;
  readonly password: string;
  readonly hwid: string | null;
  /** The client's address. */
  readonly ip: string | null;
}

/** The outcome of trying a password on a user name. */
export type PasswordTry =
  | { readonly outcome: 'locked'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'right'; readonly user: VerifiedUser };

/** A user whose password was right a moment ago. */
export interface VerifiedUser {
  readonly id: string;
  readonly licenseId: string | null;
  readonly passwordHash: string;
  /** Whose tries are forgotten: the known device's, or those on the name. */
  readonly subject: AttemptSubject;
}

/** What happens to a user when a client signs in or registers. */
@Injectable()
export class AppUserAccess {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: AppUsersRepository,
    private readonly hasher: PasswordHasher,
    private readonly attempts: SignInAttempts,
    private readonly plans: PlanLimits,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Tries a password and hands the outcome to `use`. Attempts on one name take turns and are
   * counted, those from the device of the last login apart; an unknown name is treated, and takes
   * as long, as a known one.
   */
  tryPassword<R>(
    appId: string,
    input: SignInInput,
    use: (tried: PasswordTry) => Promise<R>,
  ): Promise<R> {
    const { username, password, hwid } = input;
    const key = nameKey(username);
    const subject = this.attempts.from(this.attempts.subject('app-user', appId, key), hwid);
    return this.attempts.pass(
      subject,
      password,
      () => this.verify(appId, key, subject, input),
      ({ outcome }) => outcome === 'right',
      use,
    );
  }

  /**
   * The hash for a new user's password. A taken name is refused here already, to spare the
   * hashing; the unique index decides in the end.
   * @throws USERNAME_TAKEN
   */
  async hashNewPassword(appId: string, username: string, password: string): Promise<string> {
    if (await this.users.exists(appId, nameKey(username))) throw UserErrors.USERNAME_TAKEN();
    return this.hasher.hash(password);
  }

  /**
   * The verified user, locked; null if they were deleted or their password changed meanwhile. The
   * password was right, so the tries are forgotten, whatever the ladder says next.
   */
  async lockVerified(appId: string, verified: VerifiedUser): Promise<ClientUser | null> {
    const user = await this.users.lock(appId, verified.id);
    if (user?.passwordHash !== verified.passwordHash) return null;
    this.attempts.clear(verified.subject);
    return user;
  }

  /** The user who registered with the licence, locked; null when there is none. */
  lockByLicense(licenseId: string): Promise<ClientUser | null> {
    return this.users.lockByLicense(licenseId);
  }

  /** The licence that entitles a user of the application; null when there is none of either. */
  async licenseOf(appId: string, userId: string): Promise<string | null> {
    return (await this.users.find(appId, userId))?.licenseId ?? null;
  }

  /**
   * Creates the user inside the caller's transaction.
   * @throws USERNAME_TAKEN, PLAN_LIMIT_REACHED
   */
  async register(
    app: Pick<ClientApp, 'id' | 'sellerId'>,
    licenseId: string,
    username: string,
    passwordHash: string,
  ): Promise<ClientUser> {
    await this.plans.reserveForOthers(app.sellerId, 'users', 1);
    const usernameKey = nameKey(username);
    const row = {
      id: newId(),
      appId: app.id,
      licenseId,
      username,
      usernameKey,
      passwordHash,
      note: null,
    };
    return this.users.insert(row).catch((error: unknown) => {
      throw nameTakenOr(error);
    });
  }

  /**
   * Notes a successful sign-in with the commit of the open transaction. From now on its device is
   * the known one; a sign-in without a HWID leaves the former.
   */
  signedIn(userId: string, { ip, hwid }: { ip: string | null; hwid: string | null }): void {
    this.transactions.defer(
      (bind) =>
        `UPDATE app_users SET last_login_at = now(), last_ip = ${bind(ip)}, last_hwid = coalesce(${bind(hwid)}, last_hwid) WHERE id = ${bind(userId)}`,
    );
  }

  private async verify(
    appId: string,
    usernameKey: string,
    subject: AttemptSubject,
    input: SignInInput,
  ): Promise<PasswordTry> {
    const { password, hwid } = input;
    const found = await this.users.findForSignIn(appId, usernameKey, subject, hwid);
    if (!found.allowed) return { outcome: 'locked', retryAfterSeconds: found.retryAfter ?? 1 };
    const { id, licenseId, passwordHash } = found;
    const right = await this.hasher.verify(password, passwordHash);
    if (!right || !id || !passwordHash) {
      await this.noteLockout(appId, input, found.attempts);
      return { outcome: 'wrong' };
    }
    const used = this.attempts.used(subject, found.knownDevice);
    const kept = await this.adopt(id, password, passwordHash);
    if (kept === null) return { outcome: 'wrong' };
    return { outcome: 'right', user: { id, licenseId, passwordHash: kept, subject: used } };
  }

  /** Tells that the last try was spent: whether the name exists or not, so neither takes longer. */
  private async noteLockout(
    appId: string,
    { username, ip }: SignInInput,
    attempts: number,
  ): Promise<void> {
    const lockedSeconds = this.attempts.lockedSeconds(attempts);
    if (lockedSeconds === null) return;
    await this.transactions.run(async () => {
      const data = { account: 'user', username, ip, lockedSeconds, appId };
      this.outbox.emit({ type: 'auth.lockout', appId, data });
    });
  }

  /**
   * The hash that stands for a password that was right a moment ago: one brought in from elsewhere,
   * or of another cost, is replaced by ours. Null when the password was changed meanwhile.
   */
  private async adopt(id: string, password: string, hash: string): Promise<string | null> {
    if (!this.hasher.isOutdated(hash)) return hash;
    const ours = await this.hasher.hash(password);
    if (await this.users.replaceHash(id, hash, ours)) return ours;
    // Somebody was quicker: another sign-in, which put its own hash there, or a new password.
    const current = await this.users.currentHash(id);
    return current !== null && (await this.hasher.verify(password, current)) ? current : null;
  }
}
