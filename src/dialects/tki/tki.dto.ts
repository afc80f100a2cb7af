import { ApiProperty } from '@nestjs/swagger';
import { LICENSE_STATUSES, LicenseStatus, MAX_DEVICES_MAX } from '../../modules/licenses';
import {
  BoolField,
  EnumField,
  InstantField,
  IntField,
  NameField,
  PageQuery,
  QueryInt,
  TextField,
  WebUrlField,
  WholeListQuery,
} from '../../platform/http';

/** -1 and 0 say the same (D-T7). */
const CAP = { min: -1, max: MAX_DEVICES_MAX, optional: true, example: 1 } as const;
const VERSION = { max: 64, optional: true, example: '1.0.0' } as const;
const DISCORD_ID = {
  max: 20,
  optional: true,
  nullable: true,
  pattern: /^\d{15,20}$/,
  patternHelp: '15 to 20 digits',
  example: '123456789012345678',
} as const;
const DISCORD_NAME = { max: 32, optional: true, nullable: true, example: 'john_doe' } as const;
const DISCRIMINATOR = {
  max: 4,
  optional: true,
  nullable: true,
  pattern: /^\d{4}$/,
  patternHelp: 'four digits, for accounts that still have them',
  example: '0001',
} as const;
const EXPIRE_DATE = {
  max: 10,
  pattern: /^(Never|\d{2}\/\d{2}\/\d{4})$/,
  patternHelp: 'MM/DD/YYYY or Never',
  example: '12/31/2026',
} as const;
const NOTE = { max: 500, optional: true, nullable: true, multiline: true, example: null } as const;

export class TkiCreateProductDto {
  @NameField({ max: 100, example: 'MyProduct' })
  name: string;
}

export class TkiChangeProductDto {
  @NameField({ max: 100, optional: true, example: 'MyProduct' })
  name?: string;

  @TextField(VERSION)
  version?: string;

  @BoolField({ optional: true, description: 'Programs must tell exactly `version` (D-T5)' })
  enforceVersion?: boolean;
}

export class TkiAnalyticsQuery {
  @QueryInt({ min: 1, max: 366, optional: true, description: 'Days, today included', example: 30 })
  days: number = 30;
}

export class TkiCreateLicensesDto {
  @IntField({ min: 1, max: 100, optional: true, description: '1 when absent', example: 1 })
  amount?: number;

  @TextField({
    ...EXPIRE_DATE,
    optional: true,
    description: 'The last day (UTC) on which it is good; `Never` when absent',
  })
  expire_date?: string;

  @TextField(DISCORD_ID)
  discord_id?: string | null;

  @TextField(DISCORD_NAME)
  discord_username?: string | null;

  @TextField(DISCRIMINATOR)
  discord_discriminator?: string | null;

  @IntField({ ...CAP, description: 'Addresses; 0 or -1 is no limit, 1 when absent' })
  ip_cap?: number;

  @IntField({ ...CAP, description: 'HWIDs; 0 or -1 is no limit, 1 when absent' })
  hwid_cap?: number;

  @BoolField({ optional: true, description: 'Good for every product, without caps' })
  staff_license?: boolean;

  @TextField(NOTE)
  note?: string | null;
}

export class TkiChangeLicenseDto {
  @TextField({ ...EXPIRE_DATE, optional: true })
  expire_date?: string;

  @TextField(DISCORD_ID)
  discord_id?: string | null;

  @TextField(DISCORD_NAME)
  discord_username?: string | null;

  @TextField(DISCRIMINATOR)
  discord_discriminator?: string | null;

  @IntField(CAP)
  ip_cap?: number;

  @IntField(CAP)
  hwid_cap?: number;

  @BoolField({ optional: true })
  staff_license?: boolean;

  @TextField(NOTE)
  note?: string | null;
}

export class TkiListLicensesQuery extends PageQuery {
  @EnumField(LICENSE_STATUSES, { optional: true, example: 'USED' })
  status?: LicenseStatus;

  @TextField({ max: 128, optional: true, description: 'Part of a key', example: 'TKI-7KQ2M' })
  search?: string;
}

export const TKI_BLACKLIST_TYPES = ['ip', 'hwid', 'license'] as const;

export class TkiBlacklistDto {
  @EnumField(TKI_BLACKLIST_TYPES, { example: 'ip' })
  type: (typeof TKI_BLACKLIST_TYPES)[number];

  @TextField({ max: 256, example: '203.0.113.7' })
  value: string;

  @TextField({ max: 500, optional: true, nullable: true, example: 'Leaked' })
  reason?: string | null;

  @InstantField({ optional: true, nullable: true, example: '2027-01-01T00:00:00.000Z' })
  expires_at?: string | null;
}

export class TkiListBlacklistQuery extends WholeListQuery {
  @EnumField(TKI_BLACKLIST_TYPES, { optional: true, example: 'ip' })
  type?: (typeof TKI_BLACKLIST_TYPES)[number];
}

/** Named as in the document's configuration [doc 003, 4.3]; what is absent stays as it is. */
export class TkiSettingsDto {
  @BoolField({ optional: true, example: true })
  RequireHWID?: boolean;

  @BoolField({ optional: true, example: true })
  RatelimitEnabled?: boolean;

  @IntField({ min: 1, max: 1_000_000, optional: true, example: 100 })
  RatelimitMax?: number;

  @TextField({
    min: 0,
    max: 16,
    optional: true,
    pattern: /^([A-Za-z0-9_-][A-Za-z0-9 _-]*)?$/,
    patternHelp: 'letters, digits, spaces, underscores or hyphens, and not begin with a space',
    example: 'TKI-',
  })
  LicensePrefix?: string;

  @IntField({
    min: 8,
    max: 64,
    optional: true,
    description: 'Prefix, characters and hyphens make 128 at most',
    example: 15,
  })
  Amount?: number;

  @BoolField({ optional: true, example: true })
  IncludeLetters?: boolean;

  @BoolField({ optional: true, example: true })
  IncludeNumbers?: boolean;

  @BoolField({ optional: true, example: true })
  UseHyphens?: boolean;

  @IntField({ min: 1, max: 64, optional: true, example: 5 })
  HyphenEvery?: number;

  @WebUrlField({
    optional: true,
    nullable: true,
    description: 'Discord webhook that hears of successful attempts; null for none',
    example: 'https://discord.com/api/webhooks/123/secret',
  })
  SuccessfulLogChannel?: string | null;

  @WebUrlField({ optional: true, nullable: true, description: 'The same for failed attempts' })
  FailedLogChannel?: string | null;
}

export class TkiLogsQuery extends PageQuery {
  @TextField({ max: 64, optional: true, example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  productId?: string;

  @EnumField(['success', 'failed'], { optional: true, example: 'failed' })
  status?: 'success' | 'failed';

  @TextField({ max: 128, optional: true, description: 'A whole key' })
  licensekey?: string;

  @TextField({ max: 256, optional: true })
  hwid?: string;

  @TextField({ max: 262, optional: true, description: 'As declared' })
  ip?: string;
}

/** For the contract only: `decodeClaim` reads the request. */
export class TkiAuthData {
  @TextField({ max: 100, example: 'MyProduct' })
  product: string;

  @TextField({ max: 64, example: '1.0.0' })
  version: string;

  @TextField({ max: 128, example: 'TKI-XXXXX-XXXXX' })
  licensekey: string;

  @TextField({ max: 262, example: '192.168.1.1', description: 'host, host:port or IPv6' })
  ip: string;

  @TextField({ max: 256, optional: true, nullable: true, example: 'unique-hardware-id' })
  hwid?: string | null;
}

/** The same [seed 003]. */
export class TkiAuthBody {
  @ApiProperty({ type: TkiAuthData })
  data: TkiAuthData;
}
