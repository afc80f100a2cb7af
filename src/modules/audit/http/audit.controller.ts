import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { parsePublicId, SellerCaller } from '../../../kernel';
import { Access, Answers, ApiErrors, Caller, ok, okPage } from '../../../platform/http';
import { AuditReader } from '../audit-reader.service';
import { AuditErrors } from '../domain/audit.errors';
import * as example from './audit.examples';
import {
  presentCheckpoint,
  presentConsistency,
  presentInclusion,
  presentRecord,
} from './audit.presenter';
import { AuditRecordView, CheckpointView, ConsistencyView, InclusionView } from './dto/audit.views';
import { AuditQuery, ConsistencyQuery, filterOf, InclusionQuery } from './dto/records.query';

/** Who did what, and proofs that nobody changed it since (D-A19). */
@ApiTags('Audit')
@Access('seller', 'audit')
@Controller('v1/admin/audit')
export class AuditController {
  constructor(private readonly audit: AuditReader) {}

  @Get()
  @Answers({
    summary: 'List what was done in your account, the newest first',
    data: AuditRecordView,
    list: 'page',
    example: example.listExample,
  })
  async list(@Query() query: AuditQuery, @Caller() { seller }: SellerCaller) {
    const page = await this.audit.list(seller.sellerId, filterOf(query), query);
    return okPage(page, presentRecord);
  }

  @Get('checkpoint')
  @Answers({
    summary: 'The last signed checkpoint of the whole record',
    description:
      'One tree holds the records of all sellers; the checkpoint says nothing of theirs.',
    data: CheckpointView,
    example: example.checkpointExample,
  })
  async checkpoint() {
    return ok(presentCheckpoint(await this.audit.checkpoint()));
  }

  @Get('inclusion')
  @Answers({
    summary: 'Prove that one of your records stands in the tree of the last checkpoint',
    data: InclusionView,
    example: example.inclusionExample,
  })
  @ApiErrors(AuditErrors.AUDIT_RECORD_NOT_FOUND, AuditErrors.AUDIT_NOT_COVERED)
  async inclusion(@Query() query: InclusionQuery, @Caller() { seller }: SellerCaller) {
    const recordId = parsePublicId('aud', query.recordId)!;
    return ok(presentInclusion(await this.audit.inclusion(seller.sellerId, recordId)));
  }

  @Get('consistency')
  @Answers({
    summary: 'Prove that the last checkpoint only adds to one that you know',
    data: ConsistencyView,
    example: example.consistencyExample,
  })
  async consistency(@Query() { from }: ConsistencyQuery) {
    return ok(presentConsistency(await this.audit.consistency(from)));
  }
}
