import type { FastifyRequest } from 'fastify';
import { originOf } from './request-context';

describe('where a request came from', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['unknown', 'unknown'],
  ])('%s is %s, in one spelling', (ip, told) => {
    expect(originOf({ id: 'r', ip, headers: {} } as FastifyRequest).ip).toBe(told);
  });
});
