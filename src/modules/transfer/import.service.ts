import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { newId } from '../../platform/crypto';
import { PROBLEMS_LISTED, Transactions, violatesUnique } from '../../platform/database';
import { AppsService, OwnedApp } from '../apps';
import { AuditTrail, sellerActor } from '../audit';
import { Findings, ImportReport } from './domain/report';
import { TransferErrors } from './domain/transfer.errors';
import { FileReader, ImportFormat, Staged } from './file-reader';
import { ImportRowsRepository } from './import-rows.repository';
import { ImportStores } from './import-stores';
import { Turns } from './turns';

export interface ImportOrder {
  readonly format: ImportFormat;
  /** Judges the file and stores nothing. */
  readonly dryRun: boolean;
}

/** Longest one statement over all rows of a file may take, or wait for its turn. */
const STATEMENT_SECONDS = 900;

interface Import extends ImportOrder {
  readonly id: string;
  readonly app: OwnedApp;
  readonly caller: SellerCaller;
}

/**
 * Imports of licences and users: all of a file or nothing of it, with a report. The file is read and
 * staged outside any transaction; only when the whole of it is known does one transaction judge it
 * against what exists and store it.
 */
@Injectable()
export class ImportService {
  private readonly turns = new Turns(TransferErrors.IMPORTS_BUSY, 'import');

  constructor(
    private readonly transactions: Transactions,
    private readonly apps: AppsService,
    private readonly reader: FileReader,
    private readonly rows: ImportRowsRepository,
    private readonly stores: ImportStores,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Reads a file and stores it. What exists already, equal in all that the file says, is left as it is,
   * so a file may be imported again.
   * @throws IMPORT_REJECTED with the report when any of it cannot be stored (a dry run answers the
   * report instead); PLAN_LIMIT_REACHED, IMPORTS_BUSY, IMPORT_OVERTAKEN
   */
  async run(
    app: OwnedApp,
    file: AsyncIterable<Uint8Array>,
    order: ImportOrder,
    caller: SellerCaller,
  ): Promise<ImportReport> {
    const done = this.turns.take(app.sellerId);
    const one: Import = { ...order, id: newId(), app, caller };
    try {
      const findings = new Findings(PROBLEMS_LISTED);
      const reading = { app, caller, importId: one.id, findings };
      const staged = await this.reader.stage(file, order.format, reading);
      // Rows refused already make others wrong that hang on them: these are judged once those are good.
      return this.answer(one, findings.badRows > 0 ? findings : await this.settle(one, staged));
    } finally {
      done();
      await this.rows.clear(one.id).catch(() => undefined);
    }
  }

  /** Judges what was staged and stores it, unless something is wrong or it is a dry run. */
  private async settle(one: Import, staged: Staged): Promise<Findings> {
    const { app, id } = one;
    await this.rows.prepare(staged);
    const apply = async () => {
      const findings = new Findings(PROBLEMS_LISTED);
      await this.rows.begin(app.id, STATEMENT_SECONDS);
      await this.apps.hold(app);
      const fresh = await this.stores.judge(id, app, staged, findings);
      if (findings.badRows > 0) return findings;
      await this.stores.requireRoom(app, fresh);
      if (one.dryRun) return findings;
      await this.stores.create(id, app);
      this.record(one, findings);
      return findings;
    };
    return this.transactions.run(apply).catch(overtaken);
  }

  private answer({ dryRun }: Import, findings: Findings): ImportReport {
    const report = findings.report(dryRun);
    if (findings.badRows > 0 && !dryRun) throw TransferErrors.IMPORT_REJECTED({ report });
    return report;
  }

  private record({ app, caller, format }: Import, { tallies }: Findings): void {
    this.audit.record({
      sellerId: app.sellerId,
      appId: app.id,
      actor: sellerActor(caller),
      action: 'app.import',
      target: { kind: 'app', id: app.id },
      origin: caller,
      details: { format, ...tallies },
    });
  }
}

/** IMPORT_OVERTAKEN when the database refused what was free a moment ago. */
function overtaken(error: unknown): never {
  const names = ['licenses_app_key', 'app_users_name', 'app_users_license'];
  if (names.some((name) => violatesUnique(error, name))) {
    throw TransferErrors.IMPORT_OVERTAKEN({ cause: error });
  }
  throw error;
}
