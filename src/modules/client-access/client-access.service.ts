import { Injectable } from '@nestjs/common';
import { granted, Origin, refused, Verdict } from '../../kernel';
import { Transactions } from '../../platform/database';
import { AppUserAccess, ClientUser, PasswordTry, VerifiedUser } from '../app-users';
import type { ClientApp } from '../apps';
import { License, LicenseAccess, LockedLicense, MAX_DEVICES_MAX } from '../licenses';
import { SessionsService, SessionSubject } from '../sessions';
import { ClientBooks } from './client-books';
import { ClientScreen } from './client-screen';
import { bindsAddress, bindsDevice, climb, ClientFacts, RefusalCode } from './domain/ladder';
import type { DataRefusal } from './domain/refusals';
import { suspectsSharing, watchesSharing } from './domain/sharing';

/** Every refusal a client can meet, the sign-in lock included. */
export type ClientRefusal = RefusalCode | DataRefusal | 'CLIENT_SIGN_IN_LOCKED';
export type ClientVerdict<T> = Verdict<T, ClientRefusal>;

/** What a signed-in client is entitled to. */
export interface Entitlement {
  readonly username: string | null;
  readonly level: number;
  /** Null is for ever. */
  readonly expiresAt: Date | null;
  /** Name of the plan, if the licence has one. */
  readonly subscription: string | null;
}

export interface SignedIn extends Entitlement {
  readonly sessionToken: string;
  readonly sessionId: string;
  /** Null for a key without a user. */
  readonly userId: string | null;
  readonly licenseKey: string;
  /** First bound device. */
  readonly hwid: string | null;
}

export interface KeySignedIn extends SignedIn {
  /** Whether this call was the licence's first use. */
  readonly activated: boolean;
}

export interface LoginInput {
  readonly username: string;
  readonly password: string;
  readonly hwid: string | null;
}

export interface RegisterInput extends LoginInput {
  readonly licenseKey: string;
}

export interface KeyInput {
  readonly licenseKey: string;
  readonly hwid: string | null;
}

/** A client at the point where the ladder has let it pass. */
interface Admitted {
  readonly license: License;
  readonly facts: ClientFacts;
  readonly hwid: string | null;
  readonly user: ClientUser | null;
}

/**
 * How a client program gets in: init, login, register, key. The ladder decides; effects come only
 * after a grant, in the transaction that holds the licence locked.
 */
@Injectable()
export class ClientAccess {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicenseAccess,
    private readonly users: AppUserAccess,
    private readonly sessions: SessionsService,
    private readonly screen: ClientScreen,
    private readonly books: ClientBooks,
  ) {}

  /** The first call of a program: is it served, and is it the program it should be? */
  async init(
    app: ClientApp,
    hash: string | null,
    origin: Origin,
  ): Promise<ClientVerdict<ClientApp>> {
    const early = await this.screen.early(app, {}, origin);
    const refusal = await this.screen.judge({ ...early, program: { hash } });
    return refusal ? refused(refusal) : granted(app);
  }

  /** Signs a user in by name and password. */
  async login(app: ClientApp, input: LoginInput, origin: Origin): Promise<ClientVerdict<SignedIn>> {
    const { username, hwid } = input;
    const early = await this.screen.early(app, { username, hwid }, origin);
    const refusal = await this.screen.judge(early);
    if (refusal) return refused(refusal);
    return this.users.tryPassword(app.id, { ...input, ip: origin.ip }, (tried) =>
      this.signInUser(app, early, input, tried, origin),
    );
  }

  /** Creates a user with an unused key: the licence's first use. No session is opened (D-A24). */
  register(
    app: ClientApp,
    input: RegisterInput,
    origin: Origin,
  ): Promise<ClientVerdict<Entitlement>> {
    return this.enrol(app, input, origin, ({ license, user }) =>
      Promise.resolve(entitlementOf(license, user)),
    );
  }

  /** The same on wires where a registration signs in as well (D-B3). */
  registerAndSignIn(
    app: ClientApp,
    input: RegisterInput,
    origin: Origin,
  ): Promise<ClientVerdict<SignedIn>> {
    return this.enrol(app, input, origin, (admitted) => this.openSession(app, admitted, origin));
  }

  private async enrol<T>(
    app: ClientApp,
    input: RegisterInput,
    origin: Origin,
    finish: (admitted: Admitted) => Promise<T>,
  ): Promise<ClientVerdict<T>> {
    const { username, hwid, licenseKey } = input;
    const early = await this.screen.early(app, { username, hwid, key: licenseKey }, origin);
    const barred = await this.screen.judge(early);
    if (barred) return refused(barred);
    // Looked at without a lock, only to spare the hashing; the decision is made again below.
    const looked = await this.screen.presentedKey(
      app,
      origin,
      () => this.licenses.peekByKey(app.id, licenseKey),
      (found) => found !== null,
    );
    if (!looked.granted) return looked;
    const license = looked.value;
    const key = { known: license !== null, purpose: 'register' } as const;
    const hopeless = climb({ ...early, key, license });
    if (hopeless) {
      return this.transactions.run(() =>
        this.refuse('register', app, license, null, hopeless, origin),
      );
    }
    const passwordHash = await this.users.hashNewPassword(app.id, username, input.password);
    return this.transactions.run(async () => {
      const locked = await this.licenses.lockByKey(app.id, licenseKey);
      const facts = { ...early, ...factsOf(locked, hwid, origin), key };
      const refusal = locked ? climb(facts) : 'KEY_UNUSABLE';
      if (!locked || refusal) {
        return this.refuse('register', app, locked?.license ?? null, null, refusal!, origin);
      }
      const used = await this.licenses.activate(locked.license, { hwid, ip: origin.ip });
      const user = await this.users.register(app, used.id, username, passwordHash);
      this.bind(used, facts);
      this.books.registered(app, used, user, hwid, origin);
      return granted(await finish({ license: used, facts, hwid, user }));
    });
  }

  /** Signs in by key alone; the first use of an unused key starts its clock. */
  async useKey(
    app: ClientApp,
    input: KeyInput,
    origin: Origin,
  ): Promise<ClientVerdict<KeySignedIn>> {
    const { licenseKey, hwid } = input;
    const early = await this.screen.early(app, { hwid, key: licenseKey }, origin);
    const refusal = await this.screen.judge(early);
    if (refusal) return refused(refusal);
    const looked = await this.screen.presentedKey(
      app,
      origin,
      () => this.signInByKey(app, early, input, origin),
      (verdict) => verdict.granted || verdict.code !== 'KEY_UNKNOWN',
    );
    return looked.granted ? looked.value : looked;
  }

  private signInByKey(
    app: ClientApp,
    early: ClientFacts,
    { licenseKey, hwid }: KeyInput,
    origin: Origin,
  ): Promise<ClientVerdict<KeySignedIn>> {
    return this.transactions.run(async () => {
      const locked = await this.licenses.lockByKey(app.id, licenseKey);
      if (!locked) return refused<ClientRefusal>('KEY_UNKNOWN');
      // A key is no way around a ban of the user who registered with it.
      const user = await this.users.lockByLicense(locked.license.id);
      const key = { known: true, purpose: 'use' } as const;
      const facts = {
        ...early,
        ...factsOf(locked, hwid, origin),
        key,
        user: user ?? undefined,
      };
      const refusal = climb(facts);
      if (refusal) {
        this.books.deviceRefused(app, refusal, { ...locked, user, hwid }, origin);
        return this.refuse('license', app, locked.license, user, refusal, origin);
      }
      const activated = locked.license.status === 'UNUSED';
      const use = { hwid, ip: origin.ip };
      const license = activated
        ? await this.licenses.activate(locked.license, use)
        : locked.license;
      const signedIn = await this.admit(app, { license, facts, hwid, user }, origin);
      return granted({ ...signedIn, activated });
    });
  }

  private async signInUser(
    app: ClientApp,
    early: ClientFacts,
    input: LoginInput,
    tried: PasswordTry,
    origin: Origin,
  ): Promise<ClientVerdict<SignedIn>> {
    if (tried.outcome === 'locked') {
      const { retryAfterSeconds } = tried;
      return refused<ClientRefusal>('CLIENT_SIGN_IN_LOCKED', { retryAfterSeconds });
    }
    if (tried.outcome === 'wrong') return refused(climb({ ...early, passwordRight: false })!);
    return this.transactions.run(async () => {
      const { locked, user } = await this.lockUser(app, tried.user);
      // The key is known only now, and judged only if the password is still right.
      const known =
        user && locked ? await this.screen.withKey(app, early, locked.license.key) : early;
      const facts = {
        ...known,
        ...factsOf(locked, input.hwid, origin),
        passwordRight: user !== null,
        user: user ?? undefined,
      };
      const refusal = climb(facts);
      const license = locked?.license ?? null;
      if (refusal) {
        this.screen.countWithCommit(facts, refusal);
        this.books.deviceRefused(app, refusal, { license, user, hwid: input.hwid }, origin);
        return this.refuse('login', app, license, user, refusal, origin);
      }
      const { hwid } = input;
      const admitted = { license: license!, facts, hwid, user };
      const signedIn = await this.admit(app, admitted, origin);
      this.users.signedIn(user!.id, { ip: origin.ip, hwid });
      return granted(signedIn);
    });
  }

  /** Licence first, then user: everybody locks in this order. */
  private async lockUser(
    app: ClientApp,
    verified: VerifiedUser,
  ): Promise<{ locked: LockedLicense | null; user: ClientUser | null }> {
    const { licenseId } = verified;
    const locked = licenseId ? await this.licenses.lock(app.id, licenseId) : null;
    return { locked, user: await this.users.lockVerified(app.id, verified) };
  }

  /** Binds the device if it is new, opens the session, writes the books. */
  private async admit(app: ClientApp, admitted: Admitted, origin: Origin): Promise<SignedIn> {
    this.bind(admitted.license, admitted.facts);
    const signedIn = await this.openSession(app, admitted, origin);
    this.books.signedIn(app, subjectOf(app, admitted, origin), signedIn.sessionId, origin);
    return signedIn;
  }

  /** Binds what the ladder let in and is new. */
  private bind({ id }: License, facts: ClientFacts): void {
    if (bindsDevice(facts)) this.licenses.bind(id, facts.device!.hwid!);
    if (bindsAddress(facts)) this.licenses.bindAddress(id, facts.address!.value);
  }

  private async openSession(app: ClientApp, admitted: Admitted, origin: Origin): Promise<SignedIn> {
    const { license, facts, hwid, user } = admitted;
    const subject = subjectOf(app, admitted, origin);
    const watch = {
      threshold: app.sharingThreshold,
      notedAt: license.sharedNotedAt,
      now: facts.now,
    };
    const session = await this.sessions.open(subject, {
      ttlSeconds: app.sessionTtlSeconds,
      maxLive: license.maxDevices || MAX_DEVICES_MAX,
      countAddresses: watchesSharing(watch),
    });
    this.books.sessionOpened(subject, session.id);
    const { addresses } = session;
    if (addresses !== null && suspectsSharing(watch, addresses)) {
      this.books.sharingSuspected(app, license, subject, addresses, origin);
    }
    return {
      ...entitlementOf(license, user),
      sessionToken: session.token,
      sessionId: session.id,
      userId: user?.id ?? null,
      licenseKey: license.key,
      hwid: facts.device?.bound[0] ?? (bindsDevice(facts) ? hwid : null),
    };
  }

  /** A refusal of a known licence or user is kept; so is the expiry it may have found. */
  private async refuse(
    action: string,
    app: ClientApp,
    license: License | null,
    user: ClientUser | null,
    code: RefusalCode,
    origin: Origin,
  ): Promise<ClientVerdict<never>> {
    if (license?.status === 'EXPIRED')
      await this.licenses.noteExpiry(license, { ip: origin.ip, hwid: null });
    if (license ?? user) this.books.refused(action, app, license, user, code, origin);
    return refused(code);
  }
}

/** What the ladder needs to know of the licence and the device. */
function factsOf(
  locked: LockedLicense | null,
  hwid: string | null,
  { ip }: Origin,
): Pick<ClientFacts, 'license' | 'device' | 'address'> & Partial<Pick<ClientFacts, 'now'>> {
  if (!locked) return { license: null };
  const { license, now, devices, addresses } = locked;
  const address = addresses && ip !== null ? { value: ip, bound: addresses } : undefined;
  return { now, license, device: { hwid, ...devices }, address };
}

function subjectOf(app: ClientApp, admitted: Admitted, origin: Origin): SessionSubject {
  const { license, hwid, user } = admitted;
  return {
    appId: app.id,
    licenseId: license.id,
    userId: user?.id ?? null,
    username: user?.username ?? null,
    hwid,
    ip: origin.ip,
  };
}

function entitlementOf(license: License, user: ClientUser | null): Entitlement {
  const { level, expiresAt, subscription } = license;
  return { username: user?.username ?? null, level, expiresAt, subscription };
}
