import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import { Transactions } from '../../platform/database';
import { AppUserAccess, ClientUser, PasswordTry, VerifiedUser } from '../app-users';
import type { ClientApp } from '../apps';
import { License, LicenseAccess, LockedLicense } from '../licenses';
import { Admitted, entitlementOf, factsOf } from './admitted';
import { ClientAdmission } from './client-admission';
import { ClientAct, ClientBooks } from './client-books';
import { ClientScreen } from './client-screen';
import type {
  ClientRefusal,
  ClientVerdict,
  Entitlement,
  KeyInput,
  KeySignedIn,
  LoginInput,
  RegisterInput,
  SignedIn,
} from './client-verdict';
import { refusedBy } from './domain/denial';
import { climb, ClientFacts, RefusalCode } from './domain/ladder';

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
    private readonly admission: ClientAdmission,
    private readonly screen: ClientScreen,
    private readonly books: ClientBooks,
  ) {}

  /** The first call of a program: is it served, and is it the program it should be? */
  init(app: ClientApp, hash: string | null, origin: Origin): Promise<ClientVerdict<ClientApp>> {
    return this.books.denials.watch('init', app, {}, origin, this.judgeProgram(app, hash, origin));
  }

  private async judgeProgram(
    app: ClientApp,
    hash: string | null,
    origin: Origin,
  ): Promise<ClientVerdict<ClientApp>> {
    const early = await this.screen.early(app, {}, origin);
    const facts = { ...early, program: { hash } };
    const refusal = await this.screen.judge(facts);
    return refusal ? refusedBy(refusal, facts) : granted(app);
  }

  /** Signs a user in by name and password. */
  login(app: ClientApp, input: LoginInput, origin: Origin): Promise<ClientVerdict<SignedIn>> {
    const { username, hwid } = input;
    const verdict = this.tryLogin(app, input, origin);
    return this.books.denials.watch('login', app, { username, hwid }, origin, verdict);
  }

  private async tryLogin(
    app: ClientApp,
    input: LoginInput,
    origin: Origin,
  ): Promise<ClientVerdict<SignedIn>> {
    const { username, hwid } = input;
    const early = await this.screen.early(app, { username, hwid }, origin);
    const refusal = await this.screen.judge(early);
    if (refusal) return refusedBy(refusal, early);
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
    return this.enrol(app, input, origin, (admitted) =>
      this.admission.openSession(app, admitted, origin),
    );
  }

  private enrol<T>(
    app: ClientApp,
    input: RegisterInput,
    origin: Origin,
    finish: (admitted: Admitted) => Promise<T>,
  ): Promise<ClientVerdict<T>> {
    const { username, hwid, licenseKey } = input;
    const verdict = this.tryEnrol(app, input, origin, finish);
    return this.books.denials.watch(
      'register',
      app,
      { username, hwid, licenseKey },
      origin,
      verdict,
    );
  }

  private async tryEnrol<T>(
    app: ClientApp,
    input: RegisterInput,
    origin: Origin,
    finish: (admitted: Admitted) => Promise<T>,
  ): Promise<ClientVerdict<T>> {
    const { username, hwid, licenseKey } = input;
    const early = await this.screen.early(app, { username, hwid, key: licenseKey }, origin);
    const barred = await this.screen.judge(early);
    if (barred) return refusedBy(barred, early);
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
    const looks = { ...early, key, license };
    const hopeless = climb(looks);
    if (hopeless) return this.refuse('register', app, { license }, hopeless, looks, origin);
    const passwordHash = await this.users.hashNewPassword(app.id, username, input.password);
    return this.transactions.run(async () => {
      const locked = await this.licenses.lockByKey(app.id, licenseKey);
      const facts = { ...early, ...factsOf(locked, hwid, origin), key };
      const refusal = locked ? climb(facts) : 'KEY_UNUSABLE';
      if (!locked || refusal) {
        const license = locked?.license ?? null;
        return this.refuse('register', app, { license }, refusal!, facts, origin);
      }
      const used = await this.licenses.activate(locked.license, { hwid, ip: origin.ip });
      const user = await this.users.register(app, used.id, username, passwordHash);
      this.admission.bind(used, facts);
      this.books.registered(app, used, user, hwid, origin);
      return granted(await finish({ license: used, facts, hwid, user }));
    });
  }

  /** Signs in by key alone; the first use of an unused key starts its clock. */
  useKey(app: ClientApp, input: KeyInput, origin: Origin): Promise<ClientVerdict<KeySignedIn>> {
    return this.books.denials.watch('license', app, input, origin, this.tryKey(app, input, origin));
  }

  private async tryKey(
    app: ClientApp,
    input: KeyInput,
    origin: Origin,
  ): Promise<ClientVerdict<KeySignedIn>> {
    const { licenseKey, hwid } = input;
    const early = await this.screen.early(app, { hwid, key: licenseKey }, origin);
    const refusal = await this.screen.judge(early);
    if (refusal) return refusedBy(refusal, early);
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
      if (!locked) {
        return refusedBy('KEY_UNKNOWN', { ...early, key: { known: false, purpose: 'use' } });
      }
      // A key is no way around a ban of the user who registered with it, nor of their name.
      const user = await this.users.lockByLicense(locked.license.id);
      const known = await this.screen.withLearnt(app, early, 'username', user?.username);
      const key = { known: true, purpose: 'use' } as const;
      const facts = {
        ...known,
        ...factsOf(locked, hwid, origin),
        key,
        user: user ?? undefined,
      };
      const refusal = climb(facts);
      if (refusal) {
        this.screen.countWithCommit(facts, refusal);
        this.books.deviceRefused(app, refusal, { ...locked, user, hwid }, origin);
        const { license } = locked;
        return this.refuse('license', app, { license, user }, refusal, facts, origin);
      }
      const activated = locked.license.status === 'UNUSED';
      const use = { hwid, ip: origin.ip };
      const license = activated
        ? await this.licenses.activate(locked.license, use)
        : locked.license;
      const signedIn = await this.admission.admit(app, { license, facts, hwid, user }, origin);
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
    if (tried.outcome === 'wrong') {
      const facts = { ...early, passwordRight: false };
      return refusedBy(climb(facts)!, facts);
    }
    return this.transactions.run(async () => {
      const { locked, user } = await this.lockUser(app, tried.user);
      // The key is known only now, and judged only if the password is still right.
      const learnt = user && locked?.license.key;
      const known = await this.screen.withLearnt(app, early, 'key', learnt);
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
        return this.refuse('login', app, { license, user }, refusal, facts, origin);
      }
      const { hwid } = input;
      const admitted = { license: license!, facts, hwid, user };
      const signedIn = await this.admission.admit(app, admitted, origin);
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

  /** A refusal of a known licence or user is kept; so is the expiry it may have found. */
  private refuse(
    action: ClientAct,
    app: ClientApp,
    {
      license,
      user = null,
    }: { readonly license: License | null; readonly user?: ClientUser | null },
    code: RefusalCode,
    facts: ClientFacts,
    origin: Origin,
  ): Promise<ClientVerdict<never>> {
    return this.transactions.run(async () => {
      if (license?.status === 'EXPIRED')
        await this.licenses.noteExpiry(license, { ip: origin.ip, hwid: null });
      if (license ?? user) this.books.refused(action, app, license, user, code, origin);
      return refusedBy(code, facts);
    });
  }
}
