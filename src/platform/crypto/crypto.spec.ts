import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../config';
import { KeyRing } from './key-ring';
import { PasswordHasher } from './password-hasher';
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
