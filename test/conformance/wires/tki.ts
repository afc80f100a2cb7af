import type { TestApp } from '../../factories';
import { Answer, http } from '../../support/http';
import { Client, Outcome, Refusal, Wire } from '../wire';

/** The codes of document 003's refusals, in the words of the stories. */
const WORDS: Record<string, Refusal> = {
  APP_PAUSED: 'app paused',
  IP_BLACKLISTED: 'blacklisted',
  HWID_BLACKLISTED: 'blacklisted',
  KEY_BLACKLISTED: 'blacklisted',
  KEY_UNKNOWN: 'unknown key',
  USER_BANNED: 'user banned',
  USER_FROZEN: 'user frozen',
  LICENSE_BANNED: 'licence banned',
  LICENSE_SUSPENDED: 'licence suspended',
  LICENSE_REVOKED: 'licence revoked',
  LICENSE_EXPIRED: 'expired',
  HWID_MISMATCH: 'another device',
  HWID_COOLDOWN: 'cooling down',
};

function outcomeOf(answer: Answer): Outcome {
  if (answer.body.status_overview === 'success') return { outcome: 'granted' };
  const outcome = WORDS[answer.body.code as string];
  if (!outcome) throw new Error(`no word for ${answer.status} ${answer.text}`);
  return { outcome };
}

/** The seller's door, open to programs without an HWID as the other wires are. */
async function doorOf(app: TestApp) {
  const changed = await app.seller.patch('/api/tki/settings', { RequireHWID: false });
  const { name: product, version } = (await app.seller.get(app.path())).body.data;
  return { authorization: changed.body.data.APIKey as string, product, version };
}

/**
 * `POST /api/license/auth` [seed 003]: a key is asked about again and again, and no session is opened.
 * The day of expiry is too coarse for the stories; they read the licence.
 */
export const tki: Wire = {
  name: '/api/license/auth',
  verbs: ['useKey'],
  keyAction: 'client.authenticate',
  opensNoSession: true,
  clientOf(app: TestApp): Client {
    let door: ReturnType<typeof doorOf> | undefined;
    return {
      useKey: async (licensekey, hwid) => {
        const { authorization, product, version } = await (door ??= doorOf(app));
        const data = { product, version, licensekey, ip: '192.168.1.1', hwid };
        const headers = { authorization };
        return outcomeOf(
          await http(app.seller.url).post('/api/license/auth', { data }, { headers }),
        );
      },
    };
  },
};
