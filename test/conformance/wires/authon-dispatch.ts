import type { TestApp } from '../../factories';
import type { Answer } from '../../support/http';
import { Client, Outcome, PASSWORD_OF_STORIES as password, Refusal, Wire } from '../wire';

/** The sentences of `POST /v1` (contract 1.3), in the words of the stories. */
const WORDS: Record<string, Refusal> = {
  'Invalid appId or apiKey': 'wrong app credentials',
  'Application is paused': 'app paused',
  'IP address banned': 'blacklisted',
  'Hardware banned': 'blacklisted',
  'Username banned': 'blacklisted',
  'Invalid credentials': 'wrong user or password',
  'Username already exists': 'name taken',
  'Invalid license key': 'unknown key',
  'Invalid or already used license key': 'key not usable to sign up',
  'Account banned': 'user banned',
  'Account is frozen. Contact admin to unfreeze.': 'user frozen',
  'License is banned': 'licence banned',
  'License is suspended': 'licence suspended',
  'License is revoked': 'licence revoked',
  'Subscription expired': 'expired',
  'License has expired': 'expired',
  'Hardware ID mismatch': 'another device',
  'HWID cooldown active': 'cooling down',
  'Invalid session': 'no session',
  'Variable not found': 'nothing there',
  'Variable is read-only': 'read-only',
  'Referral code not found': 'nothing there',
  'Referral code has no uses left': 'code used up',
  'Referral code already redeemed': 'code redeemed before',
  'You cannot redeem your own code': 'own code',
};

function outcomeOf(answer: Answer): Outcome {
  const { success, message, data } = answer.body;
  if (success === true) {
    const { expiresAt, level, sessionToken, value } = data ?? {};
    return {
      outcome: 'granted',
      level,
      session: sessionToken,
      value,
      expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt,
    };
  }
  const outcome = WORDS[message as string];
  if (!outcome) throw new Error(`no word for ${answer.status} ${answer.text}`);
  return { outcome };
}

/** `POST /v1`, dispatch on `type` [seed 000]. */
export const authonDispatch: Wire = {
  name: 'POST /v1',
  verbs: [
    'signUp',
    'signIn',
    'useKey',
    'stillValid',
    'signOut',
    'readShared',
    'keep',
    'recall',
    'report',
    'redeem',
  ],
  clientOf(app: TestApp): Client {
    const ask = async (type: string, fields: object) => outcomeOf(await app.call(type, fields));
    return {
      signUp: (username, licenseKey, hwid) =>
        ask('register', { username, password, licenseKey, hwid }),
      signIn: (username, hwid) => ask('login', { username, password, hwid }),
      useKey: (licenseKey, hwid) => ask('license', { licenseKey, hwid }),
      stillValid: (sessionToken) => ask('check', { sessionToken }),
      signOut: (sessionToken) => ask('logout', { sessionToken }),
      readShared: (sessionToken, key) => ask('var', { sessionToken, key }),
      keep: (sessionToken, key, value) => ask('setvar', { sessionToken, key, value }),
      recall: (sessionToken, key) => ask('getvar', { sessionToken, key }),
      report: (sessionToken, message) => ask('log', { sessionToken, message }),
      redeem: (sessionToken, code) => ask('redeem_referral', { sessionToken, code }),
    };
  },
};
