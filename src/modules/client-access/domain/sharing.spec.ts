import { suspectsSharing, watchesSharing } from './sharing';

const now = new Date('2026-01-02T00:00:00.000Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const DAY = 86_400;

describe('sharing of a licence (S-17)', () => {
  test.each([
    ['at the threshold', 5, null, 5, false],
    ['above it', 5, null, 6, true],
    ['one address is enough for none', 1, null, 2, true],
    ['switched off', 0, null, 1_000, false],
    ['told a moment ago', 5, secondsAgo(1), 6, false],
    ['told almost a day ago', 5, secondsAgo(DAY - 1), 6, false],
    ['told a day ago', 5, secondsAgo(DAY), 6, true],
  ])('%s', (_, threshold, notedAt, addresses, suspected) => {
    expect(suspectsSharing({ threshold, notedAt, now }, addresses)).toBe(suspected);
  });

  test('nothing is counted while it could not be told', () => {
    const watch = { threshold: 5, now };
    expect(watchesSharing({ ...watch, notedAt: null })).toBe(true);
    expect(watchesSharing({ ...watch, notedAt: now })).toBe(false);
    expect(watchesSharing({ ...watch, threshold: 0, notedAt: null })).toBe(false);
  });
});
