import { plainForm } from '../../kernel';
import { LOG_MESSAGE_MAX, LOG_TYPE, LOG_TYPE_MAX } from '../../modules/client-logs';
import { CHANNEL_DEFAULT, CHANNEL_MAX, FILE_NAME_MAX } from '../../modules/files';
import { REFERRAL_CODE_LOOKUP_MAX } from '../../modules/referrals';
import { TOKEN_MAX } from '../../modules/sessions';
import { CLIENT_VALUE_MAX, VariableKeyField } from '../../modules/variables';
import {
  BoolField,
  DropsUnknownKeys,
  EnumField,
  NameField,
  PasswordField,
  TextField,
} from '../../platform/http';

/** Absent, null and empty say the same: client libraries differ in how they send nothing. */
const NOTHING = { min: 0, optional: true, nullable: true } as const;

/** Limits of the fields; a document states none, so they are generous and finite. */
const HWID = { ...NOTHING, max: 256, form: plainForm, example: 'HWID-A1B2C3D4' } as const;
const KEY = { max: 128, example: 'AUTH-XXXX-XXXX-XXXX' } as const;
const TOKEN = { max: TOKEN_MAX, example: 'sess_abc123…' } as const;

/** What every request carries [seed 000]. */
export class CredentialsDto {
  @TextField({ max: 64, example: 'your-app-id' })
  appId: string;

  @TextField({ max: 128, example: 'your-api-key' })
  apiKey: string;
}

export class InitDto extends CredentialsDto {
  @EnumField(['init'])
  type: 'init';

  @TextField({
    ...NOTHING,
    max: 128,
    description: 'Hash of the program, when the hash check of the application is on',
  })
  hash?: string | null;
}

export class LoginDto extends CredentialsDto {
  @EnumField(['login'])
  type: 'login';

  @TextField({ max: 64, example: 'testuser' })
  username: string;

  @PasswordField('try', { example: 'securepass' })
  password: string;

  @TextField(HWID)
  hwid?: string | null;
}

export class RegisterDto extends CredentialsDto {
  @EnumField(['register'])
  type: 'register';

  @NameField({ max: 64, example: 'newuser' })
  username: string;

  @PasswordField('set', { example: 'securepass' })
  password: string;

  @TextField(KEY)
  licenseKey: string;

  @TextField(HWID)
  hwid?: string | null;
}

export class LicenseDto extends CredentialsDto {
  @EnumField(['license'])
  type: 'license';

  @TextField(KEY)
  licenseKey: string;

  @TextField(HWID)
  hwid?: string | null;
}

/** What every request of a signed-in client carries. */
class SessionDto extends CredentialsDto {
  @TextField(TOKEN)
  sessionToken: string;
}

export class CheckDto extends SessionDto {
  @EnumField(['check'])
  type: 'check';
}

export class CheckBlacklistDto extends CredentialsDto {
  @EnumField(['check_blacklist'])
  type: 'check_blacklist';

  @TextField({
    ...NOTHING,
    max: 64,
    example: '203.0.113.7',
    description: 'An IPv4 or IPv6 address; this or `hwid`, or both',
  })
  ip?: string | null;

  @TextField(HWID)
  hwid?: string | null;
}

export class LogoutDto extends SessionDto {
  @EnumField(['logout'])
  type: 'logout';
}

export class VarDto extends SessionDto {
  @EnumField(['var'])
  type: 'var';

  @VariableKeyField('download_url')
  key: string;
}

export class SetVarDto extends SessionDto {
  @EnumField(['setvar'])
  type: 'setvar';

  @VariableKeyField('settings')
  key: string;

  @TextField({ min: 0, max: CLIENT_VALUE_MAX, multiline: true, example: 'dark_mode=true' })
  value: string;
}

export class GetVarDto extends SessionDto {
  @EnumField(['getvar'])
  type: 'getvar';

  @VariableKeyField('settings')
  key: string;
}

export class LogDto extends CredentialsDto {
  @EnumField(['log'])
  type: 'log';

  @TextField({ ...TOKEN, ...NOTHING, description: 'Absent before anybody has signed in' })
  sessionToken?: string | null;

  @TextField({ max: LOG_MESSAGE_MAX, multiline: true, example: 'User opened settings panel' })
  message: string;

  @TextField({
    max: LOG_TYPE_MAX,
    optional: true,
    nullable: true,
    pattern: LOG_TYPE,
    patternHelp: 'upper-case letters, digits and underscores',
    description: 'ACTIVITY when absent',
    example: 'ACTIVITY',
  })
  logType?: string | null;
}

export class FetchOnlineDto extends SessionDto {
  @EnumField(['fetch_online'])
  type: 'fetch_online';
}

export class FetchStatsDto extends SessionDto {
  @EnumField(['fetch_stats'])
  type: 'fetch_stats';
}

export class ListFilesDto extends SessionDto {
  @EnumField(['list_files'])
  type: 'list_files';
}

export class FileDto extends SessionDto {
  @EnumField(['file'])
  type: 'file';

  @TextField({ ...NOTHING, max: 64, example: 'abc123', description: 'This or `name`' })
  fileId?: string | null;

  @TextField({
    ...NOTHING,
    max: FILE_NAME_MAX,
    example: 'loader.exe',
    description: 'Asks for the newest version of that name that the level of the user allows',
  })
  name?: string | null;

  @TextField({
    ...NOTHING,
    max: CHANNEL_MAX,
    example: 'stable',
    description: `Channel of the newest version; \`${CHANNEL_DEFAULT}\` when absent`,
  })
  channel?: string | null;

  @BoolField({
    optional: true,
    nullable: true,
    description: 'true answers the bytes, false a link; absent, the application says which',
  })
  raw?: boolean | null;
}

export class RedeemReferralDto extends SessionDto {
  @EnumField(['redeem_referral'])
  type: 'redeem_referral';

  @TextField({ max: REFERRAL_CODE_LOOKUP_MAX, example: 'SUMMER-24' })
  code: string;
}

/** The credential in the address of a download. */
@DropsUnknownKeys()
export class DownloadQuery {
  @TextField({
    min: 0,
    max: TOKEN_MAX,
    optional: true,
    description: 'The ticket (`dl_…`) of a link, or a session token',
    example: 'dl_abc123…',
  })
  token?: string;
}
