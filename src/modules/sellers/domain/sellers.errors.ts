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
});
