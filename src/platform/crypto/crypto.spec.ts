import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import { parseConfig } from '../../config';
import { HashWorkers } from './hash-workers';
import { KeyRing } from './key-ring';
import { foreignHash, PasswordHasher } from './password-hasher';
import { resolveSecrets } from './secrets';
import { Slots, SlotsBusyError } from './slots';
import { newId } from './tokens';

const keys = new KeyRing({ masterKey: 'm'.repeat(32), jwtSecret: 'j'.repeat(32) });

describe('sealed texts', () => {
  test('open under their own context only', () => {
    const sealed = keys.seal('as_0123', 'app 1');
    expect(keys.open(sealed, 'app 1')).toBe('as_0123');
    expect(() => keys.open(sealed, 'app 2')).toThrow();
  });

  test('are refused after any bit was flipped', () => {
    const sealed = keys.seal('as_0123', 'app 1');
    for (let byte = 0; byte < sealed.length; byte++) {
      const altered = Buffer.from(sealed);
      altered[byte]! ^= 1;
      expect(() => keys.open(altered, 'app 1')).toThrow();
    }
  });

  test('a keyed hash depends on purpose and on where the parts are cut', () => {
    const one = keys.mac('password', 'ab', 'c');
    expect(keys.mac('password', 'ab', 'c').equals(one)).toBe(true);
    expect(keys.mac('password', 'a', 'bc').equals(one)).toBe(false);
    expect(keys.mac('attempt-subject', 'ab', 'c').equals(one)).toBe(false);
  });
});

describe('passwords', () => {
  const hasher = new PasswordHasher(keys, 4);

  test('verify, also beyond the 72 bytes at which bcrypt stops reading', async () => {
    const long = 'x'.repeat(100);
    const hash = await hasher.hash(`${long}1`);
    expect(await hasher.verify(`${long}1`, hash)).toBe(true);
    expect(await hasher.verify(`${long}2`, hash)).toBe(false);
  });

  test('an unknown account costs a comparison and never verifies', async () => {
    const before = hasher.comparisons;
    expect(await hasher.verify('anything', null)).toBe(false);
    expect(hasher.comparisons).toBe(before + 1);
  });

  test('S-11 a wrong password would answer sooner where the hash is cheaper than the decoy', async () => {
    let work = 0;
    const { compare, hash } = HashWorkers.prototype;
    jest.spyOn(HashWorkers.prototype, 'compare').mockImplementation(function (
      this: HashWorkers,
      text,
      against,
    ) {
      work += 2 ** Number(against.slice(4, 6));
      return compare.call(this, text, against);
    });
    jest.spyOn(HashWorkers.prototype, 'hash').mockImplementation(function (
      this: HashWorkers,
      text,
      cost,
    ) {
      work += 2 ** cost;
      return hash.call(this, text, cost);
    });
    const costlier = new PasswordHasher(keys, 7);
    const own = await hasher.hash('password');
    const theirs = foreignHash(hashSync('password', 5));
    await costlier.verify('warm up', null);
    for (const known of [null, own, theirs]) {
      work = 0;
      expect(await costlier.verify('wrong', known)).toBe(false);
      expect(work).toBe(2 ** 7);
    }
    jest.restoreAllMocks();
    expect(await costlier.verify('password', own)).toBe(true);
    expect(await costlier.verify('password', theirs)).toBe(true);
  });

  test('hashes that are brought in cost no more than 12, or than our own; others are made anew', async () => {
    const at = (cost: string) => `$2y$${cost}$${'a'.repeat(53)}`;
    const bearable = (by: PasswordHasher) =>
      ['03', '04', '12', '13', '14'].filter((cost) => by.bears(at(cost)));
    expect(bearable(hasher)).toEqual(['04', '12']);
    expect(bearable(new PasswordHasher(keys, 13))).toEqual(['04', '12', '13']);
    expect(hasher.bears('5f4dcc3b5aa765d61d8327deb882cf99')).toBe(false);
    const own = await hasher.hash('password');
    expect(hasher.isOutdated(own)).toBe(false);
    expect(new PasswordHasher(keys, 5).isOutdated(own)).toBe(true);
    expect(hasher.isOutdated(foreignHash(at('04')))).toBe(true);
  });

  test('the same password in another Unicode composition verifies', async () => {
    expect(await hasher.verify('cafe\u0301-au-lait', await hasher.hash('café-au-lait'))).toBe(true);
  });
});

describe('slots', () => {
  test('run so many at once, the rest in order, and turn away beyond the line', async () => {
    const slots = new Slots(2, 2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const release: (() => void)[] = [];
    const task = (n: number) => async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => release.push(resolve));
      running--;
      order.push(n);
    };
    const tasks = [1, 2, 3, 4].map((n) => slots.run(task(n)));
    await expect(slots.run(task(5))).rejects.toBeInstanceOf(SlotsBusyError);
    while (order.length < 4) {
      release.shift()?.();
      await Promise.resolve();
    }
    await Promise.all(tasks);
    expect(most).toBe(2);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test('a task that fails gives its slot back', async () => {
    const slots = new Slots(1, 1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});

describe('ids', () => {
  test('are version 7 UUIDs that sort by time', () => {
    const ids = Array.from({ length: 100 }, newId);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    const times = ids.map((id) => parseInt(id.replace('-', '').slice(0, 12), 16));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('generated secrets', () => {
  test('are made once, readable by the owner only, and used again', () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'));
    try {
      const config = parseConfig({ DATA_DIR: join(directory, 'new') });
      const lines: string[] = [];
      const first = resolveSecrets(config, (line) => lines.push(line));
      expect(resolveSecrets(config, (line) => lines.push(line))).toEqual(first);
      const file = join(config.DATA_DIR, 'secrets.json');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(first);
      expect(first.masterKey).not.toBe(first.jwtSecret);
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toContain(first.masterKey);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
