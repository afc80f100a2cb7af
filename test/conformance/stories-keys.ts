import { DAY_MS, HOUR_MS, Story } from './story';
import { DEVICE_LIMIT, World } from './world';

/** Asks until the answer changes, each time between two readings of the database's clock. */
async function refusedExactlyFrom(
  world: World,
  expiry: Date,
  ask: () => Promise<{ outcome: string }>,
): Promise<void> {
  let grants = 0;
  for (;;) {
    const before = await world.now();
    const { outcome } = await ask();
    const after = await world.now();
    if (outcome === 'granted') {
      grants++;
      expect(before.getTime()).toBeLessThan(expiry.getTime());
      continue;
    }
    expect(outcome).toBe(world.spoken('expired'));
    expect(after.getTime()).toBeGreaterThanOrEqual(expiry.getTime());
    expect(grants).toBeGreaterThan(0);
    return;
  }
}

/** What holds for a licence key and the devices it is used on. */
export const keyStories: Story[] = [
  {
    name: 'an unknown key lets nobody in and leaves no trace',
    needs: ['useKey'],
    tell: (world) =>
      world.refused(() => world.client.useKey('NO-SUCH-KEY-HERE', 'A'), 'unknown key'),
  },
  {
    name: 'an unused key stays UNUSED, its clock standing, until its first use',
    needs: ['useKey'],
    tell: async (world) => {
      const { id, key } = await world.aKey({ durationType: '1h' });
      await world.refused(() => world.client.useKey(`${key}X`, 'A'), 'unknown key');
      expect(await world.licence(id)).toMatchObject({ status: 'UNUSED', expiresAt: null });
      await world.granted(world.client.useKey(key, 'A'));
      expect(await world.licence(id)).toMatchObject({ status: 'USED' });
    },
  },
  ...Object.entries({ '1h': HOUR_MS, '30d': 30 * DAY_MS, '365d': 365 * DAY_MS }).map(
    ([durationType, span]): Story => ({
      name: `the first use starts the clock and binds the device: ${durationType} to the millisecond`,
      needs: ['useKey'],
      tell: async (world) => {
        const { id, key } = await world.aKey({ durationType });
        const before = await world.now();
        const traces = await world.traces(async () => {
          const { expiresAt } = await world.granted(world.client.useKey(key, 'A'));
          const { activated_at: activatedAt } = (
            await world.database.rows<{ activated_at: Date }>(
              'SELECT activated_at FROM licenses WHERE key = $1',
              [key],
            )
          )[0]!;
          const kept = new Date((await world.licence(id)).expiresAt!);
          expect(kept.getTime()).toBe(activatedAt.getTime() + span);
          if (world.wire.opensNoSession) expect(expiresAt).toBeUndefined();
          else expect(expiresAt).toEqual(kept);
          expect(activatedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
        });
        expect(traces).toEqual({
          ...world.effects(1, ['license.activate']),
          audit: [world.keyUse('granted')],
        });
        expect(await world.devicesOf(id)).toEqual(['A']);
      },
    }),
  ),
  {
    name: 'a second device is refused, the first stays welcome',
    needs: ['useKey'],
    tell: async (world) => {
      const { key } = await world.aKey();
      await world.granted(world.client.useKey(key, 'A'));
      await world.refused(() => world.client.useKey(key, 'B'), 'another device', [
        world.keyUse('HWID_MISMATCH'),
      ]);
      await world.granted(world.client.useKey(key, 'A'));
    },
  },
  {
    name: 'after a device reset another device is accepted and the first refused',
    needs: ['useKey'],
    tell: async (world) => {
      const { id, key } = await world.aKey();
      await world.granted(world.client.useKey(key, 'A'));
      await world.onLicense(id, 'reset-devices');
      await world.granted(world.client.useKey(key, 'B'));
      await world.refused(() => world.client.useKey(key, 'A'), 'another device', [
        world.keyUse('HWID_MISMATCH'),
      ]);
      expect(await world.devicesOf(id)).toEqual(['B']);
    },
  },
  {
    name: 'a cooldown after a reset keeps other devices out, not the former one',
    needs: ['useKey'],
    settings: { hwidResetCooldownHours: 1 },
    tell: async (world) => {
      const { id, key } = await world.aKey();
      await world.granted(world.client.useKey(key, 'A'));
      await world.onLicense(id, 'reset-devices');
      await world.refused(() => world.client.useKey(key, 'B'), 'cooling down', [
        world.keyUse('HWID_COOLDOWN'),
      ]);
      await world.granted(world.client.useKey(key, 'A'));
      expect(await world.devicesOf(id)).toEqual(['A']);
    },
  },
  {
    name: 'a cooldown is over when its hours have passed',
    needs: ['useKey'],
    settings: { hwidResetCooldownHours: 1 },
    tell: async (world) => {
      const { id, key } = await world.aKey();
      await world.granted(world.client.useKey(key, 'A'));
      await world.onLicense(id, 'reset-devices');
      await world.database.rows(
        "UPDATE licenses SET devices_reset_at = clock_timestamp() - interval '1 hour' WHERE key = $1",
        [key],
      );
      await world.granted(world.client.useKey(key, 'B'));
    },
  },
  {
    name: 'a key is refused from the exact instant of its expiry on, and granted before',
    needs: ['useKey'],
    tell: async (world) => {
      const { key } = await world.aKey();
      await world.granted(world.client.useKey(key, 'A'));
      const expiry = await world.expireIn(key, 300);
      await refusedExactlyFrom(world, expiry, () => world.client.useKey(key, 'A'));
      await world.refused(() => world.client.useKey(key, 'A'), 'expired', [
        world.keyUse('LICENSE_EXPIRED'),
      ]);
      expect(await world.events('license.expire')).toBe(1);
    },
  },
  {
    name: 'a session is refused from the exact instant of the expiry on, and granted before',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { key } = await world.aKey();
      const session = await world.session(world.client.useKey(key, 'A'));
      await world.granted(world.client.stillValid(session));
      const expiry = await world.expireIn(key, 300);
      await refusedExactlyFrom(world, expiry, () => world.client.stillValid(session));
      await world.refused(() => world.client.stillValid(session), 'no session');
      expect(await world.events('license.expire')).toBe(1);
    },
  },
  {
    name: 'a licence extended while expired lives again, and expires again with an event of its own',
    needs: ['useKey'],
    tell: async (world) => {
      const { id, key } = await world.aKey();
      const use = () => world.client.useKey(key, 'A');
      await world.granted(use());
      await world.expireIn(key, 0);
      for (let i = 0; i < 3; i++) expect((await use()).outcome).toBe(world.spoken('expired'));
      expect(await world.events('license.expire')).toBe(1);
      await world.onLicense(id, 'extend', { days: 1 });
      await world.granted(use());
      await world.expireIn(key, 0);
      for (let i = 0; i < 3; i++) expect((await use()).outcome).toBe(world.spoken('expired'));
      expect(await world.events('license.expire')).toBe(2);
    },
  },
  {
    name: 'a lifetime key never expires',
    needs: ['useKey', 'stillValid'],
    tell: async (world) => {
      const { id, key } = await world.aKey({ durationType: 'lifetime' });
      const { expiresAt, session } = await world.granted(world.client.useKey(key, 'A'));
      expect(expiresAt).toBeNull();
      expect(await world.licence(id)).toMatchObject({ status: 'USED', expiresAt: null });
      await world.database.rows(
        "UPDATE licenses SET activated_at = activated_at - interval '100 years' WHERE key = $1",
        [key],
      );
      expect((await world.granted(world.client.stillValid(session!))).expiresAt).toBeNull();
      await world.granted(world.client.useKey(key, 'A'));
    },
  },
  {
    name: 'twenty parallel first uses bind one device and start the clock once',
    needs: ['useKey'],
    tell: async (world) => {
      const { id, key } = await world.aKey();
      const devices = Array.from({ length: 20 }, (_, i) => `DEVICE-${i}`);
      let outcomes: string[] = [];
      const traces = await world.traces(async () => {
        const answers = await Promise.all(devices.map((hwid) => world.client.useKey(key, hwid)));
        outcomes = answers.map(({ outcome }) => outcome);
      });
      const winner = devices[outcomes.indexOf('granted')];
      expect(outcomes.filter((outcome) => outcome !== 'granted')).toEqual(
        Array<string>(19).fill(world.spoken('another device')),
      );
      expect(await world.devicesOf(id)).toEqual([winner]);
      const { audit, events: told, ...rest } = traces;
      const effects = { ...rest, events: told.filter((type) => type !== DEVICE_LIMIT) };
      expect(told).toHaveLength(effects.events.length + 19);
      expect(effects).toEqual(world.effects(1, ['license.activate']));
      expect(audit.filter((line) => line === world.keyUse('granted'))).toHaveLength(1);
      expect(audit).toHaveLength(20);
    },
  },
  {
    name: 'maxDevices 2 binds two devices and refuses the third',
    needs: ['useKey'],
    tell: async (world) => {
      const { id, key } = await world.aKey({ maxDevices: 2 });
      for (const device of ['A', 'B', 'A']) await world.granted(world.client.useKey(key, device));
      await world.refused(() => world.client.useKey(key, 'C'), 'another device', [
        world.keyUse('HWID_MISMATCH'),
      ]);
      expect(await world.devicesOf(id)).toEqual(['A', 'B']);
    },
  },
];
