import { Injectable } from '@nestjs/common';
import { addSeconds } from '../../kernel';
import { newId, randomText } from '../../platform/crypto';
import { copyLine, Judgement, Transactions } from '../../platform/database';
import type { OwnedApp } from '../apps';
import type { Hold } from './domain/license';
import { makeKey, normalizeKey } from './domain/license-key';
import { LicenseTransferRepository } from './license-transfer.repository';

export interface DeviceRecord {
  readonly hwid: string;
  /** ISO-8601; the moment of the import when absent. */
  readonly boundAt?: string;
}

/** A licence as files hold it. What is absent is not said; instants are ISO-8601 in UTC. */
export interface LicenseRecord {
  readonly key: string;
  readonly hold?: Hold | null;
  readonly activatedAt?: string | null;
  readonly expiresAt?: string | null;
  readonly durationSeconds?: number | null;
  readonly level?: number;
  readonly maxDevices?: number;
  readonly prefix?: string | null;
  readonly note?: string | null;
  readonly subscription?: string | null;
  readonly devicesResetAt?: string | null;
  readonly createdAt?: string;
  readonly devices?: readonly DeviceRecord[];
  readonly staff?: boolean;
  readonly maxAddresses?: number;
  readonly discordId?: string | null;
  readonly discordUsername?: string | null;
  readonly discordDiscriminator?: string | null;
  /** Where it was used from, first bound first. */
  readonly addresses?: readonly string[];
}

/** The part of it that a user's record may carry, for a licence issued behind them. */
export type IssuedRecord = Pick<
  LicenseRecord,
  'level' | 'expiresAt' | 'maxDevices' | 'subscription' | 'devices'
>;

/** A licence that is to be written into a file. */
export interface ExportEntry {
  readonly id: string;
  readonly key: string;
  /** Its devices and addresses together. */
  readonly bindings: number;
}

/** How many licences an export reads at a time, and how many devices and addresses of theirs. */
const EXPORT_PAGE = 1_000;
const EXPORT_BINDINGS = 2_000;

/** Licences in files: many at once, and nothing of them lost on the way. */
@Injectable()
export class LicenseTransfer {
  constructor(
    private readonly transactions: Transactions,
    private readonly licenses: LicenseTransferRepository,
  ) {}

  /** The record as it is staged: with its key as it is found, and ids for what may be made of it. */
  staged(record: LicenseRecord): object {
    const { devices, ...rest } = record;
    return { ...rest, id: newId(), key: normalizeKey(record.key), ...stagedDevices(devices) };
  }

  /** The same for a licence issued behind a user: a new key is drawn for it. */
  stagedIssue(app: OwnedApp, { devices, ...record }: IssuedRecord): object {
    const key = makeKey(app.keyFormat, null, randomText);
    return { ...record, id: newId(), key, ...stagedDevices(devices) };
  }

  /** What importing the staged licences would do; inside the caller's transaction. */
  judge(importId: string, app: OwnedApp): Promise<Judgement> {
    return this.licenses.judgeKeys(importId, app.id);
  }

  /** The same for the licences behind staged users. */
  judgeIssued(importId: string): Promise<Judgement> {
    return this.licenses.judgeIssued(importId);
  }

  /** Makes the staged licences that do not exist yet; returns how many. Inside the caller's transaction. */
  create(importId: string, app: OwnedApp): Promise<number> {
    return this.licenses.create(importId, app.id);
  }

  /** Every licence of the application in the order of the keys, a page at a time. */
  async *export(app: OwnedApp): AsyncGenerator<readonly LicenseRecord[]> {
    for (let key = ''; ;) {
      const page = await this.licenses.entries(app.id, key, EXPORT_PAGE);
      for (const ids of portions(page)) yield await this.licenses.exported(ids);
      if (page.length < EXPORT_PAGE) return;
      key = page.at(-1)!.key;
    }
  }

  /** Fills an application with `count` licences for trying things out: every other one in use. */
  seed(app: OwnedApp, count: number, now: Date): Promise<number> {
    const columns = ['id', 'app_id', 'key', 'duration_seconds', 'level', 'max_devices'];
    const times = ['activated_at', 'expires_at', 'created_at'];
    return this.transactions.run(() =>
      this.licenses.load([...columns, ...times], seedLines(app, count, now)),
    );
  }
}

/** The ids in portions that fit in memory, whatever is bound to each licence. */
function* portions(entries: readonly ExportEntry[]): Generator<readonly string[]> {
  let ids: string[] = [];
  let bound = 0;
  for (const { id, bindings } of entries) {
    if (ids.length > 0 && bound + bindings > EXPORT_BINDINGS) {
      yield ids;
      ids = [];
      bound = 0;
    }
    ids.push(id);
    bound += bindings;
  }
  if (ids.length > 0) yield ids;
}

const SEED_DURATION_SECONDS = 365 * 86_400;

function* seedLines(app: OwnedApp, count: number, now: Date): Generator<string> {
  for (let made = 0; made < count; made++) {
    // A second apart, the last one now: as if sold one after the other.
    const created = addSeconds(now, made - count)!.toISOString();
    const used = made % 2 === 0;
    const activated = used ? now.toISOString() : null;
    const expires = used ? addSeconds(now, SEED_DURATION_SECONDS)!.toISOString() : null;
    const key = makeKey(app.keyFormat, null, randomText);
    const terms = [SEED_DURATION_SECONDS, 1 + (made % 3), 1];
    yield copyLine([newId(), app.id, key, ...terms, activated, expires, created]);
  }
}

function stagedDevices(devices: readonly DeviceRecord[] | undefined): { devices?: object[] } {
  return devices ? { devices: devices.map((device) => ({ ...device, id: newId() })) } : {};
}
