import { MemoryLimiter } from './memory-limiter';
import { SignInGate } from './sign-in-gate';

describe('the limiter', () => {
  test('admits exactly the limit in a window and says when to come back', () => {
    const limiter = new MemoryLimiter();
    const hits = Array.from({ length: 12 }, () => limiter.hit('a', 10, 60_000));
    expect(hits.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(hits[11]).toMatchObject({ allowed: false, count: 12, retryAfterSeconds: 60 });
  });

  test('keys do not share a window', () => {
    const limiter = new MemoryLimiter();
    expect(limiter.hit('a', 1, 60_000).allowed).toBe(true);
    expect(limiter.hit('b', 1, 60_000).allowed).toBe(true);
    expect(limiter.hit('a', 1, 60_000).allowed).toBe(false);
  });

  test('a new window admits again', () => {
    const limiter = new MemoryLimiter();
    expect(limiter.hit('a', 1, 0).allowed).toBe(true);
    expect(limiter.hit('a', 1, 0).allowed).toBe(true);
  });
});

describe('an allowance', () => {
  const places = (limiter: MemoryLimiter, count: number, windowMs: number) =>
    Array.from({ length: count }, () => limiter.reserve('a', 20, windowMs).place);

  test('has exactly as many places as it says, and tells when the next is free', () => {
    const limiter = new MemoryLimiter();
    expect(places(limiter, 25, 600_000).filter((place) => place !== null)).toHaveLength(20);
    expect(limiter.reserve('a', 20, 600_000)).toEqual({ place: null, retryAfterSeconds: 600 });
    expect(limiter.reserve('b', 20, 600_000).place).not.toBeNull();
  });

  test('a place given back is free again, once', () => {
    const limiter = new MemoryLimiter();
    const [first] = places(limiter, 20, 600_000);
    limiter.giveBack('a', first!);
    limiter.giveBack('a', first!);
    limiter.giveBack('a', 'never taken');
    expect(places(limiter, 3, 600_000).filter((place) => place !== null)).toHaveLength(1);
  });

  test('a place runs out by itself', () => {
    const limiter = new MemoryLimiter();
    expect(places(limiter, 25, 0)).not.toContain(null);
  });
});

describe('the sign-in gate', () => {
  const JOHN = { name: 'john', line: 'john' };

  test('equal attempts under way are verified once and share the result', async () => {
    const gate = new SignInGate();
    let verified = 0;
    const verify = () => Promise.resolve(++verified);
    const passes = Array.from({ length: 20 }, () =>
      gate.pass(JOHN, 'secret', verify, (result) => Promise.resolve(result)),
    );
    expect(new Set(await Promise.all(passes))).toEqual(new Set([1]));
  });

  test('unequal attempts on one subject take turns, until the use of the one before has ended', async () => {
    const gate = new SignInGate();
    const events: string[] = [];
    const attempt = (proof: string) =>
      gate.pass(
        JOHN,
        proof,
        () => Promise.resolve(events.push(`verify ${proof}`)),
        async () => {
          await new Promise(setImmediate);
          events.push(`use ${proof}`);
        },
      );
    await Promise.all([attempt('a'), attempt('b')]);
    expect(events).toEqual(['verify a', 'use a', 'verify b', 'use b']);
  });

  test('an attempt that fails lets the next one through', async () => {
    const gate = new SignInGate();
    const broken = gate.pass(
      JOHN,
      'a',
      () => Promise.reject(new Error('database')),
      () => Promise.resolve('never'),
    );
    const next = gate.pass(
      JOHN,
      'b',
      () => Promise.resolve('verified'),
      (result) => Promise.resolve(result),
    );
    await expect(broken).rejects.toThrow('database');
    await expect(next).resolves.toBe('verified');
  });

  test('an attempt from another device does not wait behind those of a guesser', async () => {
    const gate = new SignInGate();
    const stuck = gate.pass(
      JOHN,
      'a',
      () => new Promise<string>(() => undefined),
      (result) => Promise.resolve(result),
    );
    const owner = gate.pass(
      { name: 'john', line: 'john at home' },
      'b',
      () => Promise.resolve('verified'),
      (result) => Promise.resolve(result),
    );
    await expect(Promise.race([stuck, owner])).resolves.toBe('verified');
  });
});
