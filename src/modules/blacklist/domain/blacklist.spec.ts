import { blacklistKey } from './blacklist';

describe('blacklist values', () => {
  test.each([
    ['IP', ' 192.168.1.1 ', '192.168.1.1'],
    ['IP', '::ffff:192.168.1.1', '192.168.1.1'],
    ['IP', '2001:0DB8:0:0::1', '2001:db8::1'],
    ['HWID', ' HWID-a1 ', 'HWID-a1'],
    ['USERNAME', 'ＪＯＨＮ\u200b', 'john'],
  ] as const)('%s %j is compared as %j', (type, value, key) => {
    expect(blacklistKey(type, value)).toBe(key);
  });
});
