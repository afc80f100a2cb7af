import { EmailField, NameField, PasswordField, TextField } from '../../../../platform/http';

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
