import { Scope, SCOPES } from '../../../../kernel';
import {
  EmailField,
  EnumListField,
  InstantField,
  NameField,
  PasswordField,
  TextField,
} from '../../../../platform/http';

export class RegisterSellerDto {
  @EmailField({ example: 'dev@example.com' })
  email: string;

  @PasswordField('set', { example: 'securepass123' })
  password: string;

  @NameField({ max: 100, example: 'John Developer' })
  name: string;
}

export class LoginSellerDto {
  @EmailField({ example: 'dev@example.com' })
  email: string;

  @PasswordField('try', { example: 'securepass123' })
  password: string;

  @TextField({
    min: 6,
    max: 20,
    optional: true,
    example: '287082',
    description: 'Where a second factor is on: six digits of the app, or a recovery code',
  })
  totp?: string;
}

export class RefreshDto {
  @TextField({
    max: 256,
    example: 'AZnwyKnofT-bHC0-T1pre…',
    description: 'The newest refresh token',
  })
  refreshToken: string;
}

export class ChangePasswordDto {
  @PasswordField('try', { example: 'securepass123' })
  currentPassword: string;

  @PasswordField('set', { example: 'an even better passphrase' })
  newPassword: string;
}

export class ForgotPasswordDto {
  @EmailField({ example: 'dev@example.com' })
  email: string;
}

export class ResetPasswordDto {
  @TextField({
    max: 256,
    example: 'dGhpcyBpcyBub3QgYSByZWFsIHRva2VuLCBzb3JyeSE',
    description: 'The token of the mail',
  })
  token: string;

  @PasswordField('set', { example: 'an even better passphrase' })
  newPassword: string;
}

export class TotpCodeDto {
  @TextField({ min: 6, max: 20, example: '287082', description: 'Six digits of the app' })
  code: string;
}

export class TotpOrRecoveryCodeDto {
  @TextField({
    min: 6,
    max: 20,
    example: '287082',
    description: 'Six digits of the app, or a recovery code',
  })
  code: string;
}

export class CreateApiTokenDto {
  @NameField({ max: 100, example: 'Build server' })
  name: string;

  @EnumListField(SCOPES, {
    example: ['licenses:write'],
    description: '`write` includes `read`; at least one',
  })
  scopes: Scope[];

  @InstantField({
    optional: true,
    nullable: true,
    example: '2099-01-01T00:00:00Z',
    description: 'Absent or null never expires',
  })
  expiresAt?: string | null;
}
