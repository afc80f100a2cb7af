import { Injectable } from '@nestjs/common';
import { nameKey, Page, PageRequest, SellerCaller } from '../../kernel';
import { newId, PasswordHasher } from '../../platform/crypto';
import { Transactions } from '../../platform/database';
import type { AuditAction } from '../audit';
import type { OwnedApp } from '../apps';
import type { LicenseTerms } from '../licenses';
import { SessionsService } from '../sessions';
import { AppUsersRepository, UserFilter } from './app-users.repository';
import { UserStatus, userTransition, UserVerb } from './domain/app-user';
import { UserErrors } from './domain/app-users.errors';
import { nameTakenOr } from './name-taken';
import type { AppUserEntity } from './entities/app-user.entity';
import { AppUser, Entitlements } from './entitlements';
import { UserBooks } from './user-books';

export type { AppUser } from './entitlements';

export interface NewUser extends Pick<LicenseTerms, 'level' | 'maxDevices' | 'subscription'> {
  readonly username: string;
  readonly passwordHash: string;
  /** Null is for ever. */
  readonly expiresAt: Date | null;
  readonly note: string | null;
}

export interface UserChanges {
  readonly status?: UserStatus;
  readonly level?: number;
  readonly expiresAt?: Date | null;
  readonly note?: string | null;
  readonly password?: string;
}

/** A seller's verbs on the users of an application. */
@Injectable()
export class AppUsersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: AppUsersRepository,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly entitlements: Entitlements,
    private readonly books: UserBooks,
  ) {}

  async list(app: OwnedApp, filter: UserFilter, request: PageRequest): Promise<Page<AppUser>> {
    const search = filter.search === undefined ? undefined : nameKey(filter.search);
    const page = await this.users.list(app.id, { ...filter, search }, request);
    return { ...page, items: await this.entitlements.attach(page.items) };
  }

  /** @throws USER_NOT_FOUND */
  async get(app: OwnedApp, id: string): Promise<AppUser> {
    return this.withLicense(found(await this.users.find(app.id, id)));
  }

  /** The hash to create a user with. It takes its time, so it is for before the transaction. */
  hashOf(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /**
   * Creates a user without a key: a licence in use is issued behind them.
   * @throws USERNAME_TAKEN, PLAN_LIMIT_REACHED
   */
  async create(app: OwnedApp, input: NewUser, caller: SellerCaller): Promise<AppUser> {
    const { username, passwordHash, note } = input;
    try {
      return await this.transactions.run(async () => {
        await this.entitlements.admit(app);
        const license = await this.entitlements.issue(app, username, input, input.expiresAt);
        const user = await this.users.insert({
          id: newId(),
          appId: app.id,
          licenseId: license.id,
          username,
          usernameKey: nameKey(username),
          passwordHash,
          note,
        });
        this.books.record('user.create', app, user, caller);
        return { ...user, license, hwid: null };
      });
    } catch (error) {
      throw nameTakenOr(error);
    }
  }

  /**
   * Changes a user. Level and expiry are those of the licence; a new password, a ban or a freeze
   * ends the sessions.
   * @throws USER_NOT_FOUND
   */
  async change(
    app: OwnedApp,
    id: string,
    changes: UserChanges,
    caller: SellerCaller,
  ): Promise<AppUser> {
    const { password, level, expiresAt, note, status } = changes;
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    return this.onUser(app, id, 'user.change', caller, async (user) => {
      await this.entitlements.set(app, user, { level, expiresAt });
      // The reason belongs to the ban that ends, or to none yet.
      const banReason = status === undefined || status === user.status ? undefined : null;
      const changed = await this.users.update(id, { note, passwordHash, status, banReason });
      if (status === 'BANNED' && user.status !== 'BANNED') this.books.banned(app.id, changed);
      const signsOut = passwordHash !== undefined || (status ?? 'ACTIVE') !== 'ACTIVE';
      const endedSessions = signsOut ? await this.sessions.endForUser(id, 'user change') : 0;
      const passwordChanged = password !== undefined;
      return { level, expiresAt, note, status, passwordChanged, endedSessions };
    });
  }

  /**
   * Bans, unbans, freezes or unfreezes. A ban or freeze ends every session of the user.
   * @throws USER_NOT_FOUND, USER_WRONG_STATUS
   */
  apply(
    app: OwnedApp,
    id: string,
    verb: UserVerb,
    caller: SellerCaller,
    reason: string | null = null,
  ): Promise<AppUser> {
    return this.onUser(app, id, `user.${verb}`, caller, async (user) => {
      const status = userTransition(user.status, verb);
      if (!status) {
        const message = `Cannot ${verb} a user who is ${user.status}`;
        throw UserErrors.USER_WRONG_STATUS({ message });
      }
      const banReason = verb === 'ban' ? reason : null;
      const changed = await this.users.update(id, { status, banReason });
      if (verb === 'ban') this.books.banned(app.id, changed);
      if (status === 'ACTIVE') return {};
      return { reason, endedSessions: await this.sessions.endForUser(id, `user ${verb}`) };
    });
  }

  /**
   * Releases the devices of the user's licence, so that another can sign in.
   * @throws USER_NOT_FOUND
   */
  resetHwid(app: OwnedApp, id: string, caller: SellerCaller): Promise<AppUser> {
    return this.onUser(app, id, 'user.reset-hwid', caller, async (user) => {
      return { released: await this.entitlements.resetDevices(app, user) };
    });
  }

  /**
   * Adds days to the user's licence (D-A13); a user without one gets one for that long.
   * @throws USER_NOT_FOUND, LICENSE_WRONG_STATUS
   */
  extend(app: OwnedApp, id: string, days: number, caller: SellerCaller): Promise<AppUser> {
    return this.onUser(app, id, 'user.extend', caller, async (user) => {
      await this.entitlements.extend(app, user, days);
      return { days };
    });
  }

  /**
   * Deletes the user for good, with sessions and variables. The licence stays on record, used.
   * @throws USER_NOT_FOUND
   */
  async delete(app: OwnedApp, id: string, caller: SellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const user = await this.lock(app, id);
      await this.sessions.endForUser(id, 'user delete');
      await this.users.delete(id);
      this.books.record('user.delete', app, user, caller);
    });
  }

  /** Runs `change` on the locked user; what it returns goes on record. */
  private onUser(
    app: OwnedApp,
    id: string,
    action: AuditAction,
    caller: SellerCaller,
    change: (user: AppUserEntity) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<AppUser> {
    return this.transactions.run(async () => {
      const user = await this.lock(app, id);
      this.books.record(action, app, user, caller, await change(user));
      return this.get(app, id);
    });
  }

  /** Licence first, then user: the order in which clients lock them, so no two can embrace. */
  private async lock(app: OwnedApp, id: string): Promise<AppUserEntity> {
    const user = found(await this.users.find(app.id, id));
    await this.entitlements.hold(app, user);
    return found(await this.users.lock(app.id, id));
  }

  private async withLicense(user: AppUserEntity): Promise<AppUser> {
    const [full] = await this.entitlements.attach([user]);
    return full!;
  }
}

function found(user: AppUserEntity | null): AppUserEntity {
  if (!user) throw UserErrors.USER_NOT_FOUND();
  return user;
}
