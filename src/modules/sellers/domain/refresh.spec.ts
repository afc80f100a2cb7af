import { judgeRefresh, RefreshDecision } from './refresh';

const now = new Date('2026-01-01T00:01:00Z');
const at = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1_000);

const table: [name: string, presented: number, rotatedAgo: number, decision: RefreshDecision][] = [
  ['the newest token rotates', 5, 600, 'rotate'],
  ['its parent within 30 s repeats', 4, 0, 'repeat'],
  ['its parent at exactly 30 s repeats', 4, 30, 'repeat'],
  ['its parent after 30 s is reuse', 4, 30.001, 'reuse'],
  ['a grandparent is reuse at once', 3, 1, 'reuse'],
  ['the first token of all is reuse', 0, 1, 'reuse'],
  ['a number from the future is reuse', 6, 1, 'reuse'],
];

describe('refresh token rotation (D-A16)', () => {
  test.each(table)('%s', (_, presented, rotatedAgo, decision) => {
    const session = {
      generation: 5,
      rotatedAt: at(rotatedAgo),
      expiresAt: at(-60),
      endedAt: null,
    };
    expect(judgeRefresh({ now, presented, session })).toBe(decision);
  });

  test('an ended or expired family answers nothing, whatever is presented', () => {
    const live = { generation: 5, rotatedAt: at(1), expiresAt: at(-60), endedAt: null };
    for (const presented of [3, 4, 5]) {
      const ended = { ...live, endedAt: at(1) };
      const expired = { ...live, expiresAt: now };
      expect(judgeRefresh({ now, presented, session: ended })).toBe('dead');
      expect(judgeRefresh({ now, presented, session: expired })).toBe('dead');
    }
  });
});
