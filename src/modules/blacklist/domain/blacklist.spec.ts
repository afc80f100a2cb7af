import { comparedForm } from './blacklist';

describe('blacklist values', () => {
  test.each([
    ['HWID', ' HWID-a1 ', 'HWID-a1'],
    ['USERNAME', 'ＪＯＨＮ\u200b', 'john'],
    ['KEY', ' vip-7kq2-m9wd-x4tb\t', 'VIP-7KQ2-M9WD-X4TB'],
  ] as const)('%s %j is compared as %j', (type, value, key) => {
    expect(comparedForm(type, value)).toBe(key);
  });
});
