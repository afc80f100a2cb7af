import { ApiProperty } from '@nestjs/swagger';
import { IntField, TextField } from '../../../../platform/http';
import {
  REFERRAL_CODE,
  REFERRAL_CODE_MAX,
  REFERRAL_USES_MAX,
  REWARD_DAYS_MAX,
} from '../../domain/referrals';

const USER_ID = 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c';

export class CreateReferralCodeDto {
  @TextField({
    min: 3,
    max: REFERRAL_CODE_MAX,
    optional: true,
    nullable: true,
    pattern: REFERRAL_CODE,
    patternHelp: 'letters, digits, _ and -',
    description: 'Stored in upper case; drawn when absent',
    example: 'SUMMER-24',
  })
  code?: string | null;

  @IntField({ min: 1, max: REWARD_DAYS_MAX, example: 7 })
  rewardDays: number;

  @IntField({
    min: 1,
    max: REFERRAL_USES_MAX,
    optional: true,
    nullable: true,
    description: 'No limit when absent',
    example: 100,
  })
  maxUses?: number | null;

  @TextField({
    max: USER_ID.length,
    optional: true,
    nullable: true,
    description: 'The user who gets the days as well, each time',
    example: USER_ID,
  })
  ownerUserId?: string | null;
}

export class ReferralCodeView {
  @ApiProperty({ example: 'ref_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'SUMMER-24' })
  code: string;

  @ApiProperty({ type: 'integer', example: 7 })
  rewardDays: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null is no limit', example: 100 })
  maxUses: number | null;

  @ApiProperty({ type: 'integer', example: 0 })
  uses: number;

  @ApiProperty({ type: String, nullable: true, example: USER_ID })
  ownerUserId: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}
