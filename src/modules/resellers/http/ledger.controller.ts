import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ResellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  CallingReseller,
  okPage,
  PageQuery,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { ResellerErrors } from '../domain/resellers.errors';
import { ResellerAccount } from '../reseller-account';
import { ResellerStatements } from '../reseller-statements';
import { ResellersService } from '../resellers.service';
import { StatementQuery } from './dto/resellers.dto';
import { LedgerLineView } from './dto/resellers.views';
import { ResellerIdParam } from './reseller-id.param';
import * as example from './resellers.examples';
import { presentLine } from './resellers.presenter';
import { statementFile } from './statement-file';

const LEDGER = {
  summary: 'List the lines of the ledger, the newest first',
  description: 'The ledger is append-only; the balance is the sum of its amounts.',
  data: LedgerLineView,
  list: 'page',
  example: example.ledgerExample,
} as const;

const STATEMENT = {
  summary: 'Download the whole ledger, the oldest line first',
  description:
    'As JSON, or as CSV with `format=csv`. In CSV a note that a spreadsheet would run as a formula begins with an apostrophe.',
  data: LedgerLineView,
  list: 'all',
  example: example.statementExample,
  csv: example.statementCsvExample,
} as const;

/** The book of a reseller's credits, for the seller. */
@ApiTags('Resellers')
@Access('seller', 'resellers')
@OfOwnApp()
@ApiErrors(ResellerErrors.RESELLER_NOT_FOUND)
@Controller('v1/admin/apps/:appId/resellers/:resellerId/ledger')
export class ResellerLedgerController {
  constructor(
    private readonly resellers: ResellersService,
    private readonly statements: ResellerStatements,
  ) {}

  @Get()
  @Answers(LEDGER)
  async list(
    @OwnApp() app: OwnedApp,
    @ResellerIdParam() resellerId: string,
    @Query() query: PageQuery,
  ) {
    const reseller = await this.resellers.get(app, resellerId);
    return okPage(await this.statements.list(reseller, query), presentLine);
  }

  @Get('export')
  @Answers(STATEMENT)
  async export(
    @OwnApp() app: OwnedApp,
    @ResellerIdParam() resellerId: string,
    @Query() { format }: StatementQuery,
  ) {
    const reseller = await this.resellers.get(app, resellerId);
    return statementFile(format, reseller.id, this.statements.batches(reseller));
  }
}

/** The same for the reseller. */
@ApiTags('Reseller desk')
@Access('reseller')
@ApiErrors(ResellerErrors.RESELLER_APP_PAUSED)
@Controller('v1/reseller/ledger')
export class OwnLedgerController {
  constructor(
    private readonly account: ResellerAccount,
    private readonly statements: ResellerStatements,
  ) {}

  @Get()
  @Answers(LEDGER)
  async list(@Query() query: PageQuery, @CallingReseller() caller: ResellerCaller) {
    const reseller = await this.account.self(caller);
    return okPage(await this.statements.list(reseller, query), presentLine);
  }

  @Get('export')
  @Answers(STATEMENT)
  async export(@Query() { format }: StatementQuery, @CallingReseller() caller: ResellerCaller) {
    const reseller = await this.account.self(caller);
    return statementFile(format, reseller.id, this.statements.batches(reseller));
  }
}
