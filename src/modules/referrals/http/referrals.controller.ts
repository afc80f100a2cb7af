import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { publicId, SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  Idempotent,
  IdPipe,
  ok,
  okPage,
  PageQuery,
} from '../../../platform/http';
import { UserErrors } from '../../app-users';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { ReferralErrors } from '../domain/referrals.errors';
import { ReferralCode, ReferralsService } from '../referrals.service';
import { CreateReferralCodeDto, ReferralCodeView } from './dto/referrals.dto';
import { NewReferralInput } from './new-referral.input';

const sample = {
  id: 'ref_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  code: 'SUMMER-24',
  rewardDays: 7,
  maxUses: 100,
  uses: 0,
  ownerUserId: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  createdAt: '2025-06-15T12:00:00.000Z',
};

function present(code: ReferralCode): ReferralCodeView {
  const { id, code: text, rewardDays, maxUses, uses, ownerUserId, createdAt } = code;
  return {
    id: publicId('ref', id),
    code: text,
    rewardDays,
    maxUses,
    uses,
    ownerUserId: ownerUserId && publicId('usr', ownerUserId),
    createdAt: createdAt.toISOString(),
  };
}

/** Codes that give days to whoever redeems them and to their owner (D-A19). */
@ApiTags('Referral codes')
@Access('seller', 'referrals')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/referral-codes')
export class ReferralsController {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly input: NewReferralInput,
  ) {}

  @Post()
  @Idempotent()
  @Answers({
    summary: 'Create a referral code',
    status: 201,
    data: ReferralCodeView,
    example: { success: true, data: sample },
  })
  @ApiErrors(ReferralErrors.REFERRAL_CODE_EXISTS, UserErrors.USER_NOT_FOUND)
  async create(
    @OwnApp() app: OwnedApp,
    @Body() body: CreateReferralCodeDto,
    @Caller() caller: SellerCaller,
  ) {
    const input = await this.input.decode(app, body);
    return ok(present(await this.referrals.create(app, input, caller)));
  }

  @Get()
  @Answers({
    summary: 'List the referral codes of an application',
    data: ReferralCodeView,
    list: 'page',
    example: {
      success: true,
      data: [sample],
      pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
    },
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: PageQuery) {
    return okPage(await this.referrals.list(app, query), present);
  }

  @Delete(':codeId')
  @Answers({
    summary: 'Delete a referral code; days that it gave stay given',
    message: 'Referral code deleted',
    example: { success: true, message: 'Referral code deleted' },
  })
  @ApiErrors(ReferralErrors.REFERRAL_CODE_NOT_FOUND)
  async remove(
    @OwnApp() app: OwnedApp,
    @Param('codeId', new IdPipe('ref', ReferralErrors.REFERRAL_CODE_NOT_FOUND)) codeId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.referrals.remove(app, codeId, caller);
    return ok(undefined, 'Referral code deleted');
  }
}
