import type { Story } from './story';
import type { Refusal } from './wire';
import type { World } from './world';

/** A live session by key, confirmed twice: the second time may come from a memory. */
async function aSession(world: World, terms: object = {}) {
  const license = await world.aKey(terms);
  const session = await world.session(world.client.useKey(license.key, 'A'));
  for (let i = 0; i < 2; i++) await world.granted(world.client.stillValid(session));
  return { license, session };
}

/** A hold put on a licence during a session, and the verb that lifts it, if any does. */
function hold(verb: string, word: Refusal, code: string, lift?: string): Story {
  return {
    name: `a licence on which the seller does «${verb}» during a session ends it and lets nobody in${
      lift ? ` until «${lift}»` : ' ever again'
    }`,
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      const { id, key } = license;
      const traces = await world.traces(() => world.onLicense(id, verb));
      expect(traces).toMatchObject({ sessions: 0, events: [], audit: [`license.${verb} granted`] });
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.refused(() => world.client.useKey(key, 'A'), word, [world.keyUse(code)]);
      if (!lift) return;
      await world.onLicense(id, lift);
      await world.granted(world.client.useKey(key, 'A'));
      await world.refused(() => world.client.stillValid(session), 'no session');
    },
  };
}

/** What holds for the sessions of a licence. */
export const sessionStories: Story[] = [
  hold('ban', 'licence banned', 'LICENSE_BANNED', 'unban'),
  hold('suspend', 'licence suspended', 'LICENSE_SUSPENDED', 'resume'),
  hold('revoke', 'licence revoked', 'LICENSE_REVOKED'),
  {
    name: 'a licence deleted during a session ends it, and its key is unknown',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      await world.deleteLicense(license.id);
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.refused(() => world.client.useKey(license.key, 'A'), 'unknown key');
      expect(await world.events('license.delete')).toBe(1);
    },
  },
  {
    name: 'signing out ends the session, once',
    needs: ['useKey', 'stillValid', 'signOut'],
    tell: async (world) => {
      const { session } = await aSession(world);
      const traces = await world.traces(() => world.granted(world.client.signOut(session)));
      expect(traces).toMatchObject({ sessions: 0, events: [], audit: ['client.logout granted'] });
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.refused(() => world.client.signOut(session), 'no session');
    },
  },
  {
    name: 'a heartbeat leaves no trace in the books',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { session } = await aSession(world);
      const beats = () => Promise.all([1, 2, 3].map(() => world.client.stillValid(session)));
      expect(await world.traces(beats)).toEqual({ sessions: 0, devices: 0, events: [], audit: [] });
    },
  },
  {
    name: 'a session the seller killed is over; the key lets in again',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      await world.killNewestSession();
      await world.refused(() => world.client.stillValid(session), 'no session');
      await world.granted(world.client.useKey(license.key, 'A'));
    },
  },
  {
    name: 'beyond maxDevices live sessions the oldest ends, the others stay',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world, { maxDevices: 2 });
      const second = await world.session(world.client.useKey(license.key, 'A'));
      await world.granted(world.client.stillValid(session));
      const third = await world.session(world.client.useKey(license.key, 'A'));
      await world.refused(() => world.client.stillValid(session), 'no session');
      for (const live of [second, third]) await world.granted(world.client.stillValid(live));
    },
  },
  {
    name: 'a paused application serves nobody; resumed, its sessions are as they were',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      await world.setApp({ status: 'PAUSED' });
      await world.refused(() => world.client.stillValid(session), 'app paused');
      await world.refused(() => world.client.useKey(license.key, 'A'), 'app paused');
      const unused = await world.aKey();
      await world.refused(() => world.client.useKey(unused.key, 'A'), 'app paused');
      expect(await world.licence(unused.id)).toMatchObject({ status: 'UNUSED' });
      await world.setApp({ status: 'ACTIVE' });
      await world.granted(world.client.stillValid(session));
      await world.granted(world.client.useKey(unused.key, 'A'));
    },
  },
  {
    name: 'a regenerated app key keeps the sessions and kills the old key',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      const renewed = await world.regenerateKey();
      await world.refused(() => world.client.stillValid(session), 'wrong app credentials');
      await world.refused(() => world.client.useKey(license.key, 'A'), 'wrong app credentials');
      await world.granted(renewed.client.stillValid(session));
      await world.granted(renewed.client.useKey(license.key, 'A'));
    },
  },
  {
    name: 'a blacklisted device is let in nowhere and leaves no trace',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { license, session } = await aSession(world);
      await world.blacklist('HWID', 'A');
      await world.refused(() => world.client.stillValid(session), 'blacklisted');
      await world.refused(() => world.client.useKey(license.key, 'A'), 'blacklisted');
      const unused = await world.aKey();
      await world.refused(() => world.client.useKey(unused.key, 'A'), 'blacklisted');
      expect(await world.licence(unused.id)).toMatchObject({ status: 'UNUSED' });
      await world.granted(world.client.useKey(unused.key, 'B'));
    },
  },
  {
    name: 'two tenants with the same key text do not touch each other',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const stranger = await world.anotherTenant();
      const mine = await world.aKey();
      const theirs = await stranger.aKey();
      await world.database.rows('UPDATE licenses SET key = $1 WHERE key = $2', [
        mine.key,
        theirs.key,
      ]);
      const { key } = mine;
      const ours = await world.session(world.client.useKey(key, 'A'));
      expect(await stranger.licence(theirs.id)).toMatchObject({ status: 'UNUSED' });
      const foreign = await stranger.session(stranger.client.useKey(key, 'B'));
      expect([await world.devicesOf(mine.id), await stranger.devicesOf(theirs.id)]).toEqual([
        ['A'],
        ['B'],
      ]);
      await world.refused(() => world.client.stillValid(foreign), 'no session');
      await stranger.onLicense(theirs.id, 'ban');
      await world.granted(world.client.stillValid(ours));
      await world.granted(world.client.useKey(key, 'A'));
      await world.deleteLicense(mine.id);
      await world.refused(() => world.client.useKey(key, 'A'), 'unknown key');
      expect(await stranger.licence(theirs.id)).toMatchObject({ status: 'BANNED' });
    },
  },
];
