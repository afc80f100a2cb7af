import type { TestApp } from '../../factories';
import { Answer, http } from '../../support/http';
import { Client, Outcome, PASSWORD_OF_STORIES as password, Refusal, Wire } from '../wire';

/** The codes of document 001, in the words of the stories. */
const WORDS: Record<string, Refusal> = {
  INVALID_KEY: 'wrong app credentials',
  APP_PAUSED: 'app paused',
  BLACKLISTED: 'blacklisted',
  INVALID_CREDENTIALS: 'wrong user or password',
  USERNAME_TAKEN: 'name taken',
  INVALID_LICENSE_KEY: 'unknown key',
  LICENSE_KEY_UNUSABLE: 'key not usable to sign up',
  ACCOUNT_BANNED: 'user banned',
  ACCOUNT_FROZEN: 'user frozen',
  LICENSE_BANNED: 'licence banned',
  LICENSE_SUSPENDED: 'licence suspended',
  LICENSE_REVOKED: 'licence revoked',
  LICENSE_EXPIRED: 'expired',
  HWID_MISMATCH: 'another device',
  HWID_COOLDOWN: 'cooling down',
  INVALID_SESSION: 'no session',
};

function refusalOf(answer: Answer): Outcome {
  const outcome = WORDS[answer.body.code as string];
  if (!outcome) throw new Error(`no word for ${answer.status} ${answer.text}`);
  return { outcome };
}

function outcomeOf(answer: Answer): Outcome {
  const { success, data } = answer.body;
  if (success !== true) return refusalOf(answer);
  const { expiresAt } = data.user ?? data.license;
  return {
    outcome: 'granted',
    session: data.token,
    expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt,
  };
}

/**
 * `/v1/client` [seed 001]. The document has no call that checks a session; its token is as good as
 * the other one on `POST /v1` (D-B3), so that is where it is shown.
 */
export const authonRest: Wire = {
  name: '/v1/client',
  verbs: ['signUp', 'signIn', 'useKey', 'stillValid', 'signOut'],
  signUpSignsIn: true,
  clientOf(app: TestApp): Client {
    const { post } = http(app.seller.url);
    const headers = { 'x-api-key': app.apiKey };
    const call = async (path: string, body: object) =>
      outcomeOf(await post(`/v1/client/${path}`, body, { headers }));
    const session = async (type: string, sessionToken: string): Promise<Outcome> => {
      const answer = await app.call(type, { sessionToken });
      return answer.body.success ? sessionGrant(answer) : refusalOf(answer);
    };
    return {
      signUp: (username, licenseKey, hwid) =>
        call('register', { username, password, licenseKey, hwid }),
      signIn: (username, hwid) => call('login', { username, password, hwid }),
      useKey: (licenseKey, hwid) => call('license', { licenseKey, hwid }),
      stillValid: (token) => session('check', token),
      signOut: (token) => session('logout', token),
    };
  },
};

function sessionGrant(answer: Answer): Outcome {
  const { level, expiresAt } = answer.body.data ?? {};
  return {
    outcome: 'granted',
    level,
    expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt,
  };
}
