import { DURATION_TYPES, DurationType, plainForm } from '../../kernel';
import { USER_STATUSES, UserStatus } from '../../modules/app-users';
import { BLACKLIST_TYPES, BlacklistType } from '../../modules/blacklist';
import { ChannelField, FileNameField, MinLevelField, VersionField } from '../../modules/files';
import { LICENSE_STATUSES, LicenseStatus } from '../../modules/licenses';
import { KEYS_MAX } from '../../modules/resellers';
import {
  DropsUnknownKeys,
  EnumField,
  InstantField,
  IntField,
  NameField,
  NumberAsText,
  PageQuery,
  PasswordField,
  TextField,
} from '../../platform/http';

/** Absent, null and empty say the same: client libraries differ in how they send nothing. */
const HWID = {
  min: 0,
  max: 256,
  optional: true,
  nullable: true,
  form: plainForm,
  example: 'ABCD-1234-EFGH',
} as const;
const KEY = { max: 128, example: 'XXXX-XXXX-XXXX-XXXX' } as const;
const APP_ID = { max: 64, example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' } as const;
const LEVEL = { min: 0, max: 1_000_000, optional: true, example: 1 } as const;
const NOTE = { max: 500, optional: true, nullable: true, multiline: true } as const;

@DropsUnknownKeys()
export class ClientLoginDto {
  @TextField({ max: 64, example: 'testuser' })
  username: string;

  @PasswordField('try', { example: 'securepass' })
  password: string;

  @TextField(HWID)
  hwid?: string | null;
}

@DropsUnknownKeys()
export class ClientRegisterDto {
  @NameField({ max: 64, example: 'newuser' })
  username: string;

  @PasswordField('set', { example: 'securepass' })
  password: string;

  @TextField(KEY)
  licenseKey: string;

  @TextField(HWID)
  hwid?: string | null;
}

@DropsUnknownKeys()
export class ClientLicenseDto {
  @TextField(KEY)
  licenseKey: string;

  @TextField(HWID)
  hwid?: string | null;
}

/** What a generated key is worth; the fields of document 000 (D-B5, D-B10). */
class KeyTermsDto {
  @EnumField(DURATION_TYPES, { example: '30d', description: 'From the first use' })
  durationType: DurationType;

  @IntField({ ...LEVEL, description: '1 when absent' })
  level?: number;

  @IntField({ min: 1, max: 1_000, optional: true, example: 1, description: '1 when absent' })
  maxDevices?: number;

  @TextField({
    max: 16,
    optional: true,
    nullable: true,
    pattern: /^[A-Za-z0-9_-]{1,16}$/,
    patternHelp: '1 to 16 letters, digits, underscores or hyphens',
    example: 'PRO',
  })
  prefix?: string | null;

  @TextField(NOTE)
  note?: string | null;
}

@DropsUnknownKeys()
export class GenerateKeysByAppDto extends KeyTermsDto {
  @TextField(APP_ID)
  appId: string;

  @IntField({ min: 1, max: 100, optional: true, example: 10, description: '1 when absent' })
  count?: number;

  @TextField({ max: 64, optional: true, nullable: true, example: 'premium' })
  subscription?: string | null;
}

@DropsUnknownKeys()
export class ListUsersByAppQuery extends PageQuery {
  @TextField(APP_ID)
  appId: string;

  @TextField({ max: 64, optional: true, description: 'Part of a user name', example: 'john' })
  search?: string;

  @EnumField(USER_STATUSES, { optional: true, example: 'ACTIVE' })
  status?: UserStatus;
}

@DropsUnknownKeys()
export class PatchUserDto {
  @IntField(LEVEL)
  level?: number;

  @InstantField({ optional: true, nullable: true, example: '2026-12-31T23:59:59Z' })
  expiresAt?: string | null;

  @EnumField(USER_STATUSES, { optional: true, example: 'BANNED' })
  status?: UserStatus;

  @TextField(NOTE)
  note?: string | null;
}

@DropsUnknownKeys()
export class BlacklistByAppDto {
  @TextField(APP_ID)
  appId: string;

  @EnumField(BLACKLIST_TYPES, { example: 'HWID' })
  type: BlacklistType;

  @TextField({ max: 256, example: 'ABCD-1234-EFGH' })
  value: string;

  @TextField({ max: 500, optional: true, nullable: true, example: 'License sharing detected' })
  reason?: string | null;
}

@DropsUnknownKeys()
export class GenerateOwnKeysDto extends KeyTermsDto {
  @IntField({ min: 1, max: KEYS_MAX, optional: true, example: 5, description: '1 when absent' })
  count?: number;
}

@DropsUnknownKeys()
export class ListOwnKeysQuery extends PageQuery {
  @EnumField(LICENSE_STATUSES, { optional: true, example: 'UNUSED' })
  status?: LicenseStatus;

  @TextField({ max: 128, optional: true, description: 'Part of a key', example: 'RESELL-A8F2' })
  search?: string;
}

/** The fields of an uploaded form, which are all text (D-B6). */
@DropsUnknownKeys()
export class UploadFormDto {
  @TextField(APP_ID)
  appId: string;

  @FileNameField()
  name: string;

  @NumberAsText()
  @MinLevelField({ optional: true })
  minLevel?: number;

  @VersionField({ optional: true })
  version?: string;

  @ChannelField({ optional: true })
  channel?: string;
}

@DropsUnknownKeys()
export class NewestFileQuery {
  @FileNameField()
  name: string;

  @ChannelField({ optional: true })
  channel?: string;
}
