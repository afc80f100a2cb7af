import { limitProblem } from './plan';

test.each<[limit: number | null, used: number, asked: number, problem: string | null]>([
  [10, 9, 1, null],
  [10, 10, 1, 'The FREE plan allows 10 applications; you have 10 and asked for one more'],
  [10, 0, 11, 'The FREE plan allows 10 applications; you have 0 and asked for 11 more'],
  [10, 12, 1, 'The FREE plan allows 10 applications; you have 12 and asked for one more'],
  [0, 0, 1, 'The FREE plan allows 0 applications; you have 0 and asked for one more'],
  [10, 8, 2, null],
  [null, 1_000_000, 100, null],
])('with a limit of %s, %i used and %i asked for', (limit, used, asked, problem) => {
  expect(limitProblem('FREE', 'apps', limit, used, asked)).toBe(problem);
});
