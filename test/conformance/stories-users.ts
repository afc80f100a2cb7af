import { unique } from '../factories';
import { DAY_MS, Story } from './story';
import type { Refusal } from './wire';
import type { World } from './world';

/** A user signed up with a fresh key on device A, and signed in. */
async function aUser(world: World, terms: object = {}) {
  const name = unique('user');
  const license = await world.aKey(terms);
  await world.granted(world.client.signUp(name, license.key, 'A'));
  const session = await world.session(world.client.signIn(name, 'A'));
  for (let i = 0; i < 2; i++) await world.granted(world.client.stillValid(session));
  return { name, license, session };
}

const USER_VERBS = ['signUp', 'signIn', 'stillValid'] as const;

/** A verb of the seller on a user during a session, and the one that lifts it. */
function stop(verb: string, word: Refusal, code: string, event: string[], lift: string): Story {
  return {
    name: `a user on whom the seller does «${verb}» during a session loses it and stays out until «${lift}»`,
    needs: USER_VERBS,
    tell: async (world) => {
      const { name, session } = await aUser(world);
      const body = verb === 'ban' ? { reason: 'Terms violation' } : undefined;
      const traces = await world.traces(() => world.onUser(name, verb, body));
      expect(traces).toMatchObject({ events: event, audit: [`user.${verb} granted`] });
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.refused(() => world.client.signIn(name, 'A'), word, [`client.login ${code}`]);
      await world.onUser(name, lift);
      await world.granted(world.client.signIn(name, 'A'));
      await world.refused(() => world.client.stillValid(session), 'no session');
    },
  };
}

/** A registration opens a session on some wires and not on others (D-A24, D-B3). */
function signUpTraces({ wire }: World): { sessions: number; events: string[] } {
  return wire.signUpSignsIn
    ? { sessions: 1, events: ['license.activate', 'session.create', 'user.register'] }
    : { sessions: 0, events: ['license.activate', 'user.register'] };
}

/** What holds for users who signed up with a key. */
export const userStories: Story[] = [
  {
    name: 'signing up is the first use of the key: clock, device, user; a session where the wire says so',
    needs: ['signUp'],
    tell: async (world) => {
      const { id, key } = await world.aKey({ durationType: '30d' });
      const before = await world.now();
      const traces = await world.traces(async () => {
        const told = await world.granted(world.client.signUp(unique('user'), key, 'A'));
        const expiresAt = new Date((await world.licence(id)).expiresAt!);
        expect(expiresAt.getTime()).toBeGreaterThanOrEqual(before.getTime() + 30 * DAY_MS);
        if (told.expiresAt !== undefined) expect(told.expiresAt).toEqual(expiresAt);
      });
      expect(traces).toEqual({
        ...signUpTraces(world),
        devices: 1,
        audit: ['client.register granted'],
      });
      expect(await world.devicesOf(id)).toEqual(['A']);
    },
  },
  {
    name: 'signing in opens a session, tells subscribers and is put on record',
    needs: ['signUp', 'signIn'],
    tell: async (world) => {
      const { name } = await aUser(world);
      const traces = await world.traces(() => world.granted(world.client.signIn(name, 'A')));
      expect(traces).toEqual({
        sessions: 1,
        devices: 0,
        events: ['session.create', 'user.login'],
        audit: ['client.login granted'],
      });
    },
  },
  {
    name: 'a stranger learns nothing and leaves no trace',
    needs: ['signIn'],
    tell: (world) =>
      world.refused(() => world.client.signIn('nobody', 'A'), 'wrong user or password'),
  },
  {
    name: 'nobody signs up with an unknown key',
    needs: ['signUp'],
    tell: (world) =>
      world.refused(
        () => world.client.signUp('newcomer', 'NO-SUCH-KEY', 'A'),
        'key not usable to sign up',
      ),
  },
  {
    name: 'nobody signs up with a key that is in use; its user keeps it',
    needs: USER_VERBS,
    tell: async (world) => {
      const { name, license } = await aUser(world);
      await world.refused(
        () => world.client.signUp('thief', license.key, 'B'),
        'key not usable to sign up',
        ['client.register KEY_UNUSABLE'],
      );
      await world.granted(world.client.signIn(name, 'A'));
    },
  },
  {
    name: 'a taken name costs no key: it stays unused and signs up another',
    needs: ['signUp'],
    tell: async (world) => {
      const name = unique('user');
      await world.granted(world.client.signUp(name, (await world.aKey()).key, 'A'));
      const { id, key } = await world.aKey();
      const twin = name.toUpperCase();
      await world.refused(() => world.client.signUp(twin, key, 'B'), 'name taken');
      expect(await world.licence(id)).toMatchObject({ status: 'UNUSED' });
      await world.granted(world.client.signUp(unique('user'), key, 'B'));
    },
  },
  {
    name: 'twenty parallel sign-ups with one key make one user',
    needs: ['signUp', 'signIn'],
    tell: async (world) => {
      const { key } = await world.aKey();
      const names = Array.from({ length: 20 }, () => unique('user'));
      const sign = (name: string) => world.client.signUp(name, key, `DEVICE-${name}`);
      const traces = await world.traces(async () => {
        const answers = await Promise.all(names.map(sign));
        const winners = answers.filter(({ outcome }) => outcome === 'granted');
        expect(winners).toHaveLength(1);
      });
      expect(traces).toMatchObject({
        ...signUpTraces(world),
        devices: 1,
      });
    },
  },
  {
    name: 'a user is refused on a second device, and let in there after a reset',
    needs: USER_VERBS,
    tell: async (world) => {
      const { name } = await aUser(world);
      await world.refused(() => world.client.signIn(name, 'B'), 'another device', [
        'client.login HWID_MISMATCH',
      ]);
      await world.onUser(name, 'reset-hwid');
      await world.granted(world.client.signIn(name, 'B'));
    },
  },
  stop('ban', 'user banned', 'USER_BANNED', ['user.ban'], 'unban'),
  stop('freeze', 'user frozen', 'USER_FROZEN', [], 'unfreeze'),
  {
    name: 'a key is no way around the ban of its user',
    needs: [...USER_VERBS, 'useKey'],
    tell: async (world) => {
      const { name, license } = await aUser(world);
      await world.onUser(name, 'ban', {});
      await world.refused(() => world.client.useKey(license.key, 'A'), 'user banned', [
        world.keyUse('USER_BANNED'),
      ]);
    },
  },
  {
    name: 'a key is no way around the blacklist for the name of its user',
    needs: [...USER_VERBS, 'useKey'],
    tell: async (world) => {
      const { name, license, session } = await aUser(world);
      await world.blacklist('USERNAME', name);
      await world.refused(() => world.client.stillValid(session), 'blacklisted');
      await world.refused(() => world.client.signIn(name, 'A'), 'blacklisted');
      await world.refused(() => world.client.useKey(license.key, 'A'), 'blacklisted', [
        world.keyUse('USERNAME_BLACKLISTED'),
      ]);
    },
  },
  {
    name: 'an expired user is out until extended, and each expiry is told once',
    needs: USER_VERBS,
    tell: async (world) => {
      const { name, license, session } = await aUser(world);
      await world.expireIn(license.key, 0);
      const told = await world.traces(() => world.client.stillValid(session));
      expect(told).toEqual({
        sessions: 0,
        devices: 0,
        events: ['license.expire'],
        audit: ['client.check SUBSCRIPTION_EXPIRED'],
      });
      await world.refused(() => world.client.signIn(name, 'A'), 'expired', [
        'client.login SUBSCRIPTION_EXPIRED',
      ]);
      await world.onUser(name, 'extend', { days: 30 });
      await world.granted(world.client.signIn(name, 'A'));
      await world.expireIn(license.key, 0);
      const again = await world.traces(() => world.client.signIn(name, 'A'));
      expect(again.events).toEqual(['license.expire']);
    },
  },
  {
    name: 'a licence deleted under a user ends the session; the user has no subscription any more',
    needs: USER_VERBS,
    tell: async (world) => {
      const { name, license, session } = await aUser(world);
      await world.deleteLicense(license.id);
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.refused(() => world.client.signIn(name, 'A'), 'expired', [
        'client.login SUBSCRIPTION_EXPIRED',
      ]);
      await world.onUser(name, 'extend', { days: 1 });
      await world.granted(world.client.signIn(name, 'A'));
    },
  },
  {
    name: 'a deleted user is a stranger; the licence stays used and signs up nobody else',
    needs: USER_VERBS,
    tell: async (world) => {
      const { name, license, session } = await aUser(world);
      await world.deleteUser(name);
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.refused(() => world.client.signIn(name, 'A'), 'wrong user or password');
      expect(await world.licence(license.id)).toMatchObject({ status: 'USED' });
      const { outcome } = await world.client.signUp(name, license.key, 'A');
      expect(outcome).toBe(world.spoken('key not usable to sign up'));
    },
  },
];
