import { Injectable } from '@nestjs/common';
import type { Judgement } from '../../platform/database';
import type { OwnedApp } from '../apps';
import { UserTransfer } from '../app-users';
import { LicenseTransfer } from '../licenses';
import type { Findings, Tally } from './domain/report';
import type { Staged } from './file-reader';
import { ImportRowsRepository } from './import-rows.repository';

/** What an import writes into: the licences and the users of an application. */
@Injectable()
export class ImportStores {
  constructor(
    private readonly rows: ImportRowsRepository,
    private readonly licenses: LicenseTransfer,
    private readonly users: UserTransfer,
  ) {}

  /** What storing the staged rows would do, into `findings`. */
  async judge(id: string, app: OwnedApp, staged: Staged, findings: Findings): Promise<void> {
    const { license, user, subscription, keyAuth } = staged;
    const note = (list: string, { problemCount, problems }: Judgement) =>
      findings.refuseAll(list, problemCount, problems);
    if (license.count > 0) {
      const judgement = await this.licenses.judge(id, app);
      note('licenses', judgement);
      findings.tallies.licenses = tallyOf(judgement);
    }
    if (keyAuth) await this.rows.subscribe(id);
    if (subscription.count > 0) note('subscription', await this.rows.judgeSubscriptions(id));
    if (user.count === 0) return;
    await this.users.stageIssued(id, app);
    const judgement = await this.users.judge(id, app);
    note('users', judgement);
    findings.tallies.users = tallyOf(judgement);
    if (judgement.problemCount === 0) note('users', await this.licenses.judgeIssued(id));
  }

  /** Stores the staged rows that are new. */
  async create(id: string, app: OwnedApp): Promise<void> {
    await this.licenses.create(id, app);
    await this.users.create(id, app);
  }
}

function tallyOf({ created, unchanged }: Judgement): Tally {
  return { created, unchanged };
}
