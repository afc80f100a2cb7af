import { Injectable } from '@nestjs/common';
import type { Judgement } from '../../platform/database';
import type { OwnedApp } from '../apps';
import { UserTransfer } from '../app-users';
import { LicenseTransfer } from '../licenses';
import { PlanLimits } from '../plans';
import type { Findings, Tally } from './domain/report';
import type { Staged } from './file-reader';
import { ImportRowsRepository } from './import-rows.repository';

/** How much an import would make. */
interface Fresh {
  /** Licences, those issued behind users among them. */
  readonly keys: number;
  readonly users: number;
}

/** What an import writes into: the licences and the users of an application. */
@Injectable()
export class ImportStores {
  constructor(
    private readonly rows: ImportRowsRepository,
    private readonly licenses: LicenseTransfer,
    private readonly users: UserTransfer,
    private readonly plans: PlanLimits,
  ) {}

  /** What storing the staged rows would do, into `findings`; returns how much would come new. */
  async judge(id: string, app: OwnedApp, staged: Staged, findings: Findings): Promise<Fresh> {
    const { license, user, subscription, keyAuth } = staged;
    const note = (list: string, { problemCount, problems }: Judgement) =>
      findings.refuseAll(list, problemCount, problems);
    let keys = 0;
    if (license.count > 0) {
      const judgement = await this.licenses.judge(id, app);
      note('licenses', judgement);
      findings.tallies.licenses = tallyOf(judgement);
      keys += judgement.created;
    }
    if (keyAuth) await this.rows.subscribe(id);
    if (subscription.count > 0) note('subscription', await this.rows.judgeSubscriptions(id));
    if (user.count === 0) return { keys, users: 0 };
    await this.users.stageIssued(id, app);
    const judgement = await this.users.judge(id, app);
    note('users', judgement);
    findings.tallies.users = tallyOf(judgement);
    const issued = await this.licenses.judgeIssued(id);
    if (judgement.problemCount === 0) note('users', issued);
    return { keys: keys + issued.created, users: judgement.created };
  }

  /**
   * What comes without anything new of a kind takes no room for it, also where a smaller plan holds less
   * than there is.
   * @throws PLAN_LIMIT_REACHED when the seller's plan has no room for so many
   */
  async requireRoom({ sellerId }: OwnedApp, { keys, users }: Fresh): Promise<void> {
    if (keys > 0) await this.plans.requireRoom(sellerId, 'keys', keys);
    if (users > 0) await this.plans.requireRoom(sellerId, 'users', users);
  }

  /**
   * Stores the staged rows that are new. The places are taken last, so that the seller is locked for a
   * moment only; by then the rows count as used.
   * @throws PLAN_LIMIT_REACHED
   */
  async create(id: string, app: OwnedApp): Promise<void> {
    const keys = await this.licenses.create(id, app);
    const users = await this.users.create(id, app);
    if (keys > 0) await this.plans.reserve(app.sellerId, 'keys', 0);
    if (users > 0) await this.plans.reserve(app.sellerId, 'users', 0);
  }
}

function tallyOf({ created, unchanged }: Judgement): Tally {
  return { created, unchanged };
}
