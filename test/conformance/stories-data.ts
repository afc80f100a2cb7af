import { unique } from '../factories';
import { DAY_MS, Story } from './story';
import type { Outcome } from './wire';
import type { World } from './world';

/** A session by a fresh key, with the licence behind it. */
async function aSession(world: World, terms: object = {}) {
  const license = await world.aKey(terms);
  const session = await world.session(world.client.useKey(license.key, 'A'));
  return { license, session };
}

/** A signed-in user. */
async function aUser(world: World) {
  const name = unique('user');
  const license = await world.aKey();
  await world.granted(world.client.signUp(name, license.key, 'A'));
  return { name, license, session: await world.session(world.client.signIn(name, 'A')) };
}

const expiryOf = async (world: World, id: string) =>
  new Date((await world.licence(id)).expiresAt!).getTime();

/** Every verb of a session that is over refuses in the same word. */
const REACHES: readonly {
  readonly verb: 'readShared' | 'keep' | 'recall' | 'report' | 'redeem';
  readonly ask: (world: World, session: string) => Promise<Outcome>;
}[] = [
  { verb: 'readShared', ask: ({ client }, session) => client.readShared(session, 'v') },
  { verb: 'keep', ask: ({ client }, session) => client.keep(session, 'v', '1') },
  { verb: 'recall', ask: ({ client }, session) => client.recall(session, 'v') },
  { verb: 'report', ask: ({ client }, session) => client.report(session, 'hello') },
  { verb: 'redeem', ask: ({ client }, session) => client.redeem(session, 'CODE') },
];

/** What holds for everything a client does with a live session. */
export const dataStories: Story[] = [
  ...REACHES.flatMap(({ verb, ask }): Story[] => [
    {
      name: `«${verb}» is refused from the ban of the licence on`,
      needs: ['useKey', verb],
      tell: async (world) => {
        const { license, session } = await aSession(world);
        await world.onLicense(license.id, 'ban');
        await world.refused(() => ask(world, session), 'no session');
      },
    },
    {
      name: `«${verb}» finds an expiry as a heartbeat does, and tells it once`,
      needs: ['useKey', verb],
      tell: async (world) => {
        const { license, session } = await aSession(world);
        await world.expireIn(license.key, 0);
        let outcome = '';
        const traces = await world.traces(async () => {
          outcome = (await ask(world, session)).outcome;
        });
        expect(outcome).toBe(world.spoken('expired'));
        expect(traces).toMatchObject({
          events: ['license.expire'],
          audit: ['client.check LICENSE_EXPIRED'],
        });
        await world.refused(() => ask(world, session), 'no session');
      },
    },
    {
      name: `«${verb}» is refused while the application is paused, and to a blacklisted device`,
      needs: ['useKey', verb],
      tell: async (world) => {
        const { session } = await aSession(world);
        await world.setApp({ status: 'PAUSED' });
        await world.refused(() => ask(world, session), 'app paused');
        await world.setApp({ status: 'ACTIVE' });
        await world.blacklist('HWID', 'A');
        await world.refused(() => ask(world, session), 'blacklisted');
      },
    },
  ]),
  {
    name: 'what a client keeps it recalls, it alone, from session to session',
    needs: ['useKey', 'keep', 'recall'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      const { session: other } = await aSession(world);
      const kept = await world.traces(() => world.granted(world.client.keep(session, 'v', '1')));
      expect(kept).toEqual({
        sessions: 0,
        devices: 0,
        events: [],
        audit: ['client.set-variable granted'],
      });
      await world.granted(world.client.keep(session, 'v', '2'));
      const next = await world.session(world.client.useKey(license.key, 'A'));
      expect((await world.granted(world.client.recall(next, 'v'))).value).toBe('2');
      await world.refused(() => world.client.recall(other, 'v'), 'nothing there');
    },
  },
  {
    name: 'a user keeps their variables whatever way they sign in',
    needs: ['signUp', 'signIn', 'useKey', 'keep', 'recall'],
    tell: async (world) => {
      const { license, session } = await aUser(world);
      await world.granted(world.client.keep(session, 'v', '1'));
      const byKey = await world.session(world.client.useKey(license.key, 'A'));
      expect((await world.granted(world.client.recall(byKey, 'v'))).value).toBe('1');
    },
  },
  {
    name: 'all clients read what the application shares; a reserved name is nobody’s to keep',
    needs: ['useKey', 'readShared', 'keep'],
    tell: async (world) => {
      const { session } = await aSession(world);
      await world.refused(() => world.client.readShared(session, 'news'), 'nothing there');
      await world.aVariable('news', 'hello', true);
      expect((await world.granted(world.client.readShared(session, 'news'))).value).toBe('hello');
      await world.refused(() => world.client.keep(session, 'news', 'mine'), 'read-only');
      const stranger = await aSession(await world.anotherTenant());
      const elsewhere = await world.anotherTenant();
      const { session: foreign } = await aSession(elsewhere);
      await elsewhere.refused(() => elsewhere.client.readShared(foreign, 'news'), 'nothing there');
      await world.refused(() => world.client.readShared(stranger.session, 'news'), 'no session');
    },
  },
  {
    name: 'a program may report before anybody signed in; a report leaves no other trace',
    needs: ['useKey', 'report'],
    tell: async (world) => {
      const { session } = await aSession(world);
      const traces = await world.traces(async () => {
        await world.granted(world.client.report(null, 'starting'));
        await world.granted(world.client.report(session, 'signed in'));
      });
      expect(traces).toEqual({ sessions: 0, devices: 0, events: [], audit: [] });
      expect(await world.messages()).toEqual(['signed in', 'starting']);
    },
  },
  {
    name: 'a redeemed code gives its days to who redeems it and to its owner, once each',
    needs: ['signUp', 'signIn', 'redeem'],
    tell: async (world) => {
      const owner = await aUser(world);
      const { name, license, session } = await aUser(world);
      await world.aReferral('CODE', { rewardDays: 7 }, owner.name);
      const ids = [license.id, owner.license.id];
      const before = await Promise.all(ids.map((id) => expiryOf(world, id)));
      const traces = await world.traces(async () => {
        const { expiresAt } = await world.granted(world.client.redeem(session, 'code'));
        expect(expiresAt!.getTime()).toBe(before[0]! + 7 * DAY_MS);
      });
      expect(traces).toMatchObject({ events: [], audit: ['client.redeem-referral granted'] });
      await world.refused(() => world.client.redeem(session, 'CODE'), 'code redeemed before', [
        'client.redeem-referral REFERRAL_REDEEMED',
      ]);
      await world.refused(() => world.client.redeem(owner.session, 'CODE'), 'own code', [
        'client.redeem-referral REFERRAL_OWN',
      ]);
      await world.refused(() => world.client.redeem(session, 'OTHER'), 'nothing there', [
        'client.redeem-referral REFERRAL_UNKNOWN',
      ]);
      const after = await Promise.all(ids.map((id) => expiryOf(world, id)));
      expect(after).toEqual(before.map((at) => at + 7 * DAY_MS));
      expect(name).not.toBe(owner.name);
    },
  },
  {
    name: 'a code gives as often as it may, and its owner may have gone or be banned meanwhile',
    needs: ['signUp', 'signIn', 'useKey', 'redeem'],
    tell: async (world) => {
      const gone = await aUser(world);
      const held = await aUser(world);
      await world.aReferral('GONE', { rewardDays: 1, maxUses: 2 }, gone.name);
      await world.aReferral('HELD', { rewardDays: 1 }, held.name);
      await world.deleteUser(gone.name);
      await world.onLicense(held.license.id, 'ban');
      const before = await expiryOf(world, held.license.id);
      for (let i = 0; i < 2; i++) {
        const { session } = await aSession(world);
        await world.granted(world.client.redeem(session, 'GONE'));
        await world.granted(world.client.redeem(session, 'HELD'));
      }
      const { session } = await aSession(world);
      await world.refused(() => world.client.redeem(session, 'GONE'), 'code used up', [
        'client.redeem-referral REFERRAL_USED_UP',
      ]);
      expect(await expiryOf(world, held.license.id)).toBe(before);
    },
  },
];
