import { Breaker, isSlow } from './breaker';

const SLOW = { slow: true, delivered: false };
const DRIPPED = { slow: true, delivered: true };
const QUICK = { slow: false, delivered: true };
const REFUSED = { slow: false, delivered: false };

/** What a turn with such tries makes of a count: the new count, and the pause. */
function turn(before: number, ...tries: readonly Parameters<Breaker['note']>[0][]) {
  const breaker = new Breaker(before);
  for (const one of tries) breaker.note(one);
  return [breaker.count, breaker.pauseSeconds];
}

describe('W-06 the breaker', () => {
  test('opens after three slow turns, for a minute, then for longer, up to a quarter of an hour', () => {
    const pauses = Array.from({ length: 20 }, (_, before) => turn(before, SLOW)[1]);
    expect(pauses.slice(0, 7)).toEqual([0, 0, 60, 120, 240, 480, 900]);
    expect(new Set(pauses.slice(7))).toEqual(new Set([900]));
  });

  test('eight slow tries of one turn are one', () => {
    expect(turn(0, ...Array.from({ length: 8 }, () => SLOW))).toEqual([1, 0]);
  });

  test('a slow success is slow; a quick one closes it, a quick refusal leaves it', () => {
    expect(turn(2, DRIPPED)).toEqual([3, 60]);
    expect(turn(5, QUICK)).toEqual([0, 0]);
    expect(turn(2, QUICK, SLOW)).toEqual([1, 0]);
    expect(turn(2, REFUSED)).toEqual([2, 0]);
  });

  test('slow is what timed out or took ten seconds', () => {
    expect(isSlow({ failure: 'timeout', durationMs: 1 })).toBe(true);
    expect(isSlow({ failure: null, durationMs: 10_000 })).toBe(true);
    expect(isSlow({ failure: 'unreachable', durationMs: 9_999 })).toBe(false);
  });
});
