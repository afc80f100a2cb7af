import { DURATION_TYPES, DurationType } from '../../../../kernel';
import { BoolField, EnumField, IntField, PageQuery, TextField } from '../../../../platform/http';
import { LEVEL_MAX, LICENSE_STATUSES, LicenseStatus, MAX_DEVICES_MAX } from '../../domain/license';
import { KEY_MAX } from '../../domain/license-key';

export const DAYS_MAX = 3_650;

export class GenerateLicensesDto {
  @IntField({ min: 1, max: 100, optional: true, example: 10, description: '1 when absent' })
  count?: number;

  @EnumField(DURATION_TYPES, {
    example: '30d',
    description: 'How long a licence lasts from its first use',
  })
  durationType: DurationType;

  @IntField({ min: 0, max: LEVEL_MAX, optional: true, example: 1, description: '1 when absent' })
  level?: number;

  @IntField({
    min: 1,
    max: MAX_DEVICES_MAX,
    optional: true,
    example: 1,
    description: 'Devices bound and sessions live at once; 1 when absent',
  })
  maxDevices?: number;

  @TextField({
    max: 16,
    optional: true,
    nullable: true,
    pattern: /^[A-Za-z0-9_-]{1,16}$/,
    patternHelp: '1 to 16 letters, digits, underscores or hyphens',
    example: 'VIP',
  })
  prefix?: string | null;

  @TextField({
    max: 500,
    optional: true,
    nullable: true,
    multiline: true,
    example: 'Giveaway batch',
  })
  note?: string | null;

  @TextField({
    max: 64,
    optional: true,
    nullable: true,
    example: 'Pro',
    description: 'Name of the plan, which clients receive at login',
  })
  subscription?: string | null;
}

export class ListLicensesQuery extends PageQuery {
  @EnumField(LICENSE_STATUSES, { optional: true, example: 'UNUSED' })
  status?: LicenseStatus;

  @TextField({ max: KEY_MAX, optional: true, description: 'Part of a key', example: 'VIP-A8F2' })
  search?: string;
}

export class ChangeLicenseDto {
  @TextField({ max: 500, optional: true, nullable: true, multiline: true, example: 'Refunded' })
  note?: string | null;

  @IntField({ min: 0, max: LEVEL_MAX, optional: true, example: 2 })
  level?: number;

  @IntField({
    min: 0,
    max: MAX_DEVICES_MAX,
    optional: true,
    description: '0 is no limit',
    example: 3,
  })
  maxDevices?: number;

  @IntField({
    min: 0,
    max: MAX_DEVICES_MAX,
    optional: true,
    description: 'Addresses it may be used from; 0 is no limit',
    example: 0,
  })
  maxAddresses?: number;

  @BoolField({ optional: true, description: 'Good for every product of yours, without limits' })
  staff?: boolean;

  @TextField({
    max: 20,
    optional: true,
    nullable: true,
    pattern: /^\d{15,20}$/,
    patternHelp: '15 to 20 digits',
    example: '123456789012345678',
  })
  discordId?: string | null;

  @TextField({ max: 32, optional: true, nullable: true, example: 'john_doe' })
  discordUsername?: string | null;

  @TextField({
    max: 4,
    optional: true,
    nullable: true,
    pattern: /^\d{4}$/,
    patternHelp: 'four digits, for accounts that still have them',
    example: '0001',
  })
  discordDiscriminator?: string | null;
}

export class ExtendDto {
  @IntField({ min: 1, max: DAYS_MAX, example: 30 })
  days: number;
}
