import * as fc from 'fast-check';
import { cellOf, neutralised, original, recordOf } from './cells';

describe('cells', () => {
  test('S-31 what a spreadsheet would run gets an apostrophe, and loses it again', () => {
    for (const text of ['=1', '+1', '-1', '@a', '\ta', '\ra', "'=1", "''=1", '＝1']) {
      expect(neutralised(text)).toBe(`'${text}`);
      expect(original(neutralised(text))).toBe(text);
    }
    for (const text of ['a', "'a", '1', ' =1', "'"]) expect(neutralised(text)).toBe(text);
  });

  test('S-31 any text comes back as it was', () => {
    const start = fc.constantFrom('', "'", "''", '=', "'=", '@', '\t', '\n');
    fc.assert(
      fc.property(start, fc.string({ unit: 'binary', maxLength: 8 }), (before, rest) => {
        expect(original(neutralised(before + rest))).toBe(before + rest);
        expect(neutralised(before + rest)).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      }),
      { numRuns: 5_000 },
    );
  });

  test('null is an empty cell, a list is JSON', () => {
    expect([null, undefined, 5, ['a'], '-x'].map(cellOf)).toEqual(['', '', '5', '["a"]', "'-x"]);
    expect({ ...recordOf(['a', 'b', '__proto__'], ["'=x", '', 'p']) }).toEqual(
      Object.fromEntries([
        ['a', '=x'],
        ['b', null],
        ['__proto__', 'p'],
      ]),
    );
  });
});
