import fc from 'fast-check';
import { formatCursor, offsetOf, parseCursor } from './page';

const uuid = fc.uuid();
const micros = fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) }).map(String);

describe('cursors', () => {
  test('go out and come back', () => {
    fc.assert(
      fc.property(micros, uuid, (at, id) => {
        expect(parseCursor(formatCursor({ at, id }))).toEqual({ at, id });
      }),
    );
  });

  test('F-08 any other text is none, and throws nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cursor = parseCursor(text);
        if (cursor) expect(formatCursor(cursor)).toBe(text);
      }),
      { numRuns: 5_000 },
    );
    for (const text of ['', '-', 'zzzzzzzzzzzz-0199f0c8a9e87d3f9b1c2d3e4f5a6b7c', 'p-xyz']) {
      expect(parseCursor(text)).toBeNull();
    }
  });

  test('take the place of the page number', () => {
    const cursor = { at: '1', id: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c' };
    expect(offsetOf({ page: 3, limit: 20 })).toBe(40);
    expect(offsetOf({ page: 3, limit: 20, cursor })).toBe(0);
  });
});
