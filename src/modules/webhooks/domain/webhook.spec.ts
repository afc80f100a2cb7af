import { mustVerify, shownAddress, StatusReason, WebhookStatus } from './webhook';

describe('what must be verified anew', () => {
  test.each<[WebhookStatus, StatusReason | null, enabled: boolean | undefined, moved: boolean]>([
    ['ACTIVE', null, undefined, true],
    ['ACTIVE', null, true, true],
    ['PENDING', null, undefined, true],
    ['PENDING', null, true, false],
    ['DISABLED', 'seller', true, false],
    ['DISABLED', 'failing', true, false],
    ['DISABLED', 'gone', undefined, true],
  ])('%s %s, enabled %s, moved %s: yes', (status, statusReason, enabled, moved) => {
    expect(mustVerify({ status, statusReason }, enabled, moved)).toBe(true);
  });

  test.each<[WebhookStatus, StatusReason | null, enabled: boolean | undefined, moved: boolean]>([
    ['ACTIVE', null, undefined, false],
    ['ACTIVE', null, true, false],
    ['ACTIVE', null, false, true],
    ['DISABLED', 'seller', undefined, true],
    ['DISABLED', 'gone', undefined, false],
  ])('%s %s, enabled %s, moved %s: no', (status, statusReason, enabled, moved) => {
    expect(mustVerify({ status, statusReason }, enabled, moved)).toBe(false);
  });
});

test.each([
  ['https://discord.com/api/webhooks/1/token', 'https://discord.com/…'],
  ['https://hooks.example:8443/?key=1', 'https://hooks.example:8443/…'],
  ['https://user:password@hooks.example/', 'https://hooks.example'],
])('A-06 of %s others are shown %s', (url, shown) => {
  expect(shownAddress(url)).toBe(shown);
});
