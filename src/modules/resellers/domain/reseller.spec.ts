import { DomainError } from '../../../kernel';
import { judgeOrder, KEYS_MAX, Order, ordered, SaleRules } from './reseller';
import { sold } from './resellers.errors';

const ANY: SaleRules = { prices: {}, levels: null, durations: null };
const ORDER: Order = { durationType: '30d', level: 1, count: 5 };

describe('what an order costs', () => {
  test.each<[string, Partial<SaleRules>, Partial<Order>, number, number]>([
    ['one credit a key without a price', {}, {}, 1, 5],
    ['the price of the duration', { prices: { '30d': 7, '1d': 2 } }, {}, 7, 35],
    ['one credit where another duration has a price', { prices: { '1d': 2 } }, {}, 1, 5],
    ['an allowed level and duration', { levels: [0, 1], durations: ['30d'] }, {}, 1, 5],
    ['the most keys', {}, { count: KEYS_MAX }, 1, 50],
  ])('%s', (_, rules, order, unitPrice, cost) => {
    const verdict = judgeOrder({ ...ANY, ...rules }, cost, { ...ORDER, ...order });
    expect(verdict).toEqual({ granted: true, value: { unitPrice, cost } });
  });

  test('the balance covers it to the last credit, and not one beyond', () => {
    expect(judgeOrder(ANY, 5, ORDER).granted).toBe(true);
    expect(judgeOrder(ANY, 4, ORDER)).toEqual({
      granted: false,
      code: 'INSUFFICIENT_BALANCE',
      facts: { cost: 5, balance: 4, count: 5 },
    });
  });

  test.each<[string, Partial<SaleRules>]>([
    ['another level', { levels: [2] }],
    ['no level', { levels: [] }],
    ['another duration', { durations: ['lifetime'] }],
  ])('%s only: refused, whatever the balance', (_, rules) => {
    for (const balance of [0, 1_000]) {
      const verdict = judgeOrder({ ...ANY, ...rules }, balance, ORDER);
      expect(verdict).toMatchObject({ granted: false, code: 'RESELLER_NOT_ALLOWED' });
    }
  });

  test.each([-1, 0, 0.5, 51, 1e300, NaN, Infinity, '5' as never])(
    'S-16 a count of %p is no order: it would cost less than nothing, or not be paid',
    (count) => expect(() => judgeOrder(ANY, 1_000, { ...ORDER, count })).toThrow(RangeError),
  );
});

test('prices are kept in the order of the durations', () => {
  expect(Object.keys(ordered({ lifetime: 3, '1d': 1, '30d': 2 }))).toEqual([
    '1d',
    '30d',
    'lifetime',
  ]);
});

test('a refused sale becomes an error that stands: what it recorded is kept', () => {
  expect(sold({ granted: true, value: 'keys' })).toBe('keys');
  let thrown: unknown;
  try {
    sold({ granted: false, code: 'INSUFFICIENT_BALANCE', facts: { balance: 1 } });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(DomainError);
  expect(thrown).toMatchObject({ code: 'INSUFFICIENT_BALANCE', details: { stands: true } });
  expect((thrown as Error).message).toBe('Insufficient balance');
});
