import { maskedChannel } from './tki.encode';

describe('the address of a log channel, shown', () => {
  test.each([
    ['https://discord.com/api/webhooks/123/secret', 'https://discord.com/api/webhooks/123/****'],
    [
      'https://discord.com/api/v10/webhooks/1/secret/',
      'https://discord.com/api/v10/webhooks/1/****',
    ],
    [
      'https://discord.com/api/webhooks/123/secret/slack',
      'https://discord.com/api/webhooks/123/****',
    ],
    [
      'https://discord.com/api/webhooks/123/secret?wait=a/b',
      'https://discord.com/api/webhooks/123/****',
    ],
    ['https://name:pass@relay.example/hooks/secret/', 'https://relay.example/****'],
    ['https://relay.example:8443/?key=secret', 'https://relay.example:8443/****'],
  ])('%s as %s', (url, shown) => {
    expect(maskedChannel(url)).toBe(shown);
  });

  test('none as none', () => {
    expect(maskedChannel(null)).toBeNull();
  });
});
