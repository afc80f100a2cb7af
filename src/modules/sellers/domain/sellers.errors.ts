import { defineErrors } from '../../../kernel';

export const SellerErrors = defineErrors('sellers', {
  EMAIL_TAKEN: {
    class: 'conflict',
    message: 'Email already exists',
    log: 'info',
    help: 'A seller with that e-mail address exists. Letter case and Unicode spelling make no difference.',
  },
  INVALID_CREDENTIALS: {
    class: 'unauthenticated',
    message: 'Invalid credentials',
    log: 'info',
    help: 'The e-mail address or user name is unknown, or the password is wrong. Which of them is not told.',
  },
  SIGN_IN_LOCKED: {
    class: 'limited',
    message: 'Too many failed attempts, try again later',
    log: 'warn',
    help: 'Too many wrong passwords for this account name. Wait for `Retry-After` seconds; the lock ends by itself.',
  },
  INVALID_REFRESH_TOKEN: {
    class: 'unauthenticated',
    message: 'Invalid refresh token',
    log: 'info',
    help: 'The refresh token is unknown, expired, spent, or its sign-in was ended. Log in again.',
  },
  WRONG_CURRENT_PASSWORD: {
    class: 'forbidden',
    message: 'The current password is wrong',
    log: 'info',
    help: 'Changing a password asks for the current one.',
  },
  TOTP_REQUIRED: {
    class: 'unauthenticated',
    message: 'Two-factor code required',
    log: 'info',
    help: 'The password is right and the account has a second factor: send `totp` as well, the six digits of the authenticator app or a recovery code.',
  },
  TOTP_INVALID: {
    class: 'unauthenticated',
    message: 'Invalid two-factor code',
    log: 'warn',
    help: 'The code is wrong, too old, or was used before: each is good once. Tries are counted like wrong passwords.',
  },
  WRONG_TOTP_CODE: {
    class: 'forbidden',
    message: 'The two-factor code is wrong',
    log: 'info',
    help: 'Switching the second factor on or off asks for a fresh code of the authenticator app; switching off also takes a recovery code.',
  },
  TOTP_ALREADY_ON: {
    class: 'conflict',
    message: 'Two-factor sign-in is already on',
    log: 'info',
    help: 'Switch it off first, which takes a code, then set it up anew.',
  },
  TOTP_NOT_ON: {
    class: 'conflict',
    message: 'Two-factor sign-in is not set up',
    log: 'info',
    help: 'There is nothing to confirm or to switch off. Begin with `POST /v1/auth/totp/setup`.',
  },
  SELLER_NOT_FOUND: {
    class: 'missing',
    message: 'Seller not found',
    log: 'info',
    help: 'No seller account has that e-mail address. Only the operator is told so, on the command line.',
  },
  SIGN_IN_NOT_FOUND: {
    class: 'missing',
    message: 'Sign-in not found',
    log: 'info',
    help: 'You have no live sign-in with that id. It may have ended already.',
  },
  API_TOKEN_NOT_FOUND: {
    class: 'missing',
    message: 'API token not found',
    log: 'info',
    help: 'You have no API token with that id. It may have been revoked already.',
  },
  INVALID_RESET_TOKEN: {
    class: 'invalid',
    message: 'Invalid or expired reset token',
    log: 'info',
    help: 'The token of the mail is unknown, older than an hour, or was used, another of the same account was, or the password was changed. Ask for a new mail.',
  },
  MAIL_NOT_CONFIGURED: {
    class: 'unavailable',
    message: 'This server sends no mail; ask its operator for help',
    log: 'warn',
    help: 'The operator has not set `SMTP_URL`. Every address gets this answer, known or not.',
  },
});
