import { Injectable } from '@nestjs/common';
import { nameKey } from '../../kernel';
import {
  foreignHash,
  isForeignHash,
  newId,
  NO_PASSWORD,
  PasswordHasher,
} from '../../platform/crypto';
import { Judgement, Transactions } from '../../platform/database';
import type { OwnedApp } from '../apps';
import { IssuedRecord, LicenseTransfer } from '../licenses';
import type { UserStatus } from './domain/app-user';
import { UserTransferRepository } from './user-transfer.repository';

/** A user as files hold it. What is absent is not said; instants are ISO-8601 in UTC. */
export interface UserRecord {
  readonly username: string;
  /** `latchkey:` and a hash of ours, or a plain bcrypt hash; null for nobody's password. */
  readonly passwordHash?: string | null;
  readonly status?: UserStatus;
  readonly banReason?: string | null;
  readonly note?: string | null;
  /** Null for a user without an entitlement. */
  readonly licenseKey?: string | null;
  readonly lastLoginAt?: string | null;
  readonly lastIp?: string | null;
  readonly lastHwid?: string | null;
  readonly emailSha1?: string | null;
  readonly createdAt?: string;
}

/** A user as the table holds it, with the key of their licence. */
export type StoredUser = UserRecord & {
  readonly usernameKey: string;
  readonly passwordHash: string;
};

const OURS = 'latchkey:';
const OUR_HASH = /^\$2b\$\d\d\$[./A-Za-z0-9]{53}$/;
const EXPORT_PAGE = 1_000;

/** Users in files: many at once, with their passwords as hashes. */
@Injectable()
export class UserTransfer {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UserTransferRepository,
    private readonly licenses: LicenseTransfer,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * The record as it is staged, with the licence to be issued behind the user, if there is to be one.
   * The password hash must be a good one; see `takesHash`.
   */
  staged(app: OwnedApp, record: UserRecord, issue: IssuedRecord | null): object {
    const { licenseKey, passwordHash } = record;
    return {
      ...record,
      id: newId(),
      usernameKey: nameKey(record.username),
      ...(passwordHash === undefined ? {} : { passwordHash: stored(passwordHash) }),
      ...(typeof licenseKey === 'string' ? { licenseKey: licenseKey.trim().toUpperCase() } : {}),
      ...(issue ? { issue: this.licenses.stagedIssue(app, issue) } : {}),
    };
  }

  /** Whether a file's password hash can be stored: ours, or plain bcrypt, of a bearable cost. */
  takesHash(text: string): boolean {
    const hash = text.startsWith(OURS) ? text.slice(OURS.length) : text;
    return this.hasher.bears(hash) && (hash === text || OUR_HASH.test(hash));
  }

  /** Stages the licences behind the staged users; inside the caller's transaction, before they are judged. */
  stageIssued(importId: string, app: OwnedApp): Promise<void> {
    return this.users.stageIssued(importId, app.id);
  }

  /** What importing the staged users would do; inside the caller's transaction. */
  judge(importId: string, app: OwnedApp): Promise<Judgement> {
    return this.users.judge(importId, app.id);
  }

  /** Makes the staged users that do not exist yet; returns how many. Inside the caller's transaction. */
  create(importId: string, app: OwnedApp): Promise<number> {
    return this.users.create(importId, app.id);
  }

  /** Every user of the application in the order of the names, a page at a time. */
  async *export(app: OwnedApp): AsyncGenerator<readonly UserRecord[]> {
    for (let name = ''; ;) {
      const page = await this.users.exported(app.id, name, EXPORT_PAGE);
      if (page.length > 0) yield page.map(written);
      if (page.length < EXPORT_PAGE) return;
      name = page.at(-1)!.usernameKey;
    }
  }

  /** Makes up to `count` users of that password on the seeded licences in use; returns how many. */
  async seed(app: OwnedApp, count: number, password: string): Promise<number> {
    const hash = await this.hasher.hash(password);
    return this.transactions.run(() => this.users.seed(app.id, hash, count));
  }
}

function stored(hash: string | null): string {
  if (hash === null) return NO_PASSWORD;
  return hash.startsWith(OURS) ? hash.slice(OURS.length) : foreignHash(hash);
}

function written({ usernameKey: _key, ...user }: StoredUser): UserRecord {
  const { passwordHash: hash } = user;
  if (hash === NO_PASSWORD) return { ...user, passwordHash: null };
  return {
    ...user,
    passwordHash: isForeignHash(hash) ? hash.slice(hash.indexOf(':') + 1) : OURS + hash,
  };
}
