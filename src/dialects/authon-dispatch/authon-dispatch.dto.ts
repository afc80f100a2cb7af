import { plainForm } from '../../kernel';
import { EnumField, NameField, PasswordField, TextField } from '../../platform/http';

/** Absent, null and empty say the same: client libraries differ in how they send nothing. */
const NOTHING = { min: 0, optional: true, nullable: true } as const;

/** Limits of the fields; a document states none, so they are generous and finite. */
const HWID = { ...NOTHING, max: 256, form: plainForm, example: 'HWID-A1B2C3D4' } as const;
const KEY = { max: 128, example: 'AUTH-XXXX-XXXX-XXXX' } as const;
const TOKEN = { max: 1_024, example: 'sess_abc123…' } as const;

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

export class CheckDto extends CredentialsDto {
  @EnumField(['check'])
  type: 'check';

  @TextField(TOKEN)
  sessionToken: string;
}

export class LogoutDto extends CredentialsDto {
  @EnumField(['logout'])
  type: 'logout';

  @TextField(TOKEN)
  sessionToken: string;
}
