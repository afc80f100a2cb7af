/** The documented request and answer [seed 003]; `product` is ours (D-T6). */
export const authRequest = {
  data: {
    product: 'MyProduct',
    version: '1.0.0',
    licensekey: 'TKI-XXXXX-XXXXX',
    ip: '192.168.1.1',
    hwid: 'unique-hardware-id',
  },
};
export const authGrant = {
  status_msg: 'Successful Authentication!',
  status_overview: 'success',
  status_code: 200,
  version: '1.0.0',
  discord_id: '123456789012345678',
  discord_username: 'john_doe',
  discord_tag: '@john_doe#0001',
  expire_date: '12/31/2024',
  staff_license: false,
  product: 'MyProduct',
};

export const product = {
  id: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
  name: 'MyProduct',
  version: '1.0.0',
  status: 'ACTIVE',
  enforceVersion: true,
};
export const license = {
  id: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  licensekey: 'TKI-7KQ2M-9WDX4-TBHJ3',
  status: 'USED',
  discord_id: '123456789012345678',
  discord_username: 'john_doe',
  discord_tag: '@john_doe#0001',
  expire_date: '12/31/2026',
  staff_license: false,
  ip_cap: 1,
  hwid_cap: 1,
  note: null,
  created_at: '2026-01-31T12:00:00.000Z',
};
export const licenseDetail = {
  ...license,
  ips: ['192.168.1.1:25565'],
  hwids: ['unique-hardware-id'],
};
export const reset = { released: 1 };
export const day = {
  day: '2026-01-31',
  attempts: 120,
  successes: 118,
  distinct_ips: 40,
  distinct_hwids: 38,
};
export const blacklisted = {
  id: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  type: 'ip',
  value: '203.0.113.7',
  reason: 'Leaked',
  expires_at: null,
  attempts: 3,
  last_attempt: '2026-01-31T12:00:00.000Z',
  created_at: '2026-01-30T12:00:00.000Z',
};
export const settings = {
  APIKey: 'tk_0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978',
  RequireHWID: true,
  RatelimitEnabled: true,
  RatelimitMax: 100,
  LicensePrefix: 'TKI-',
  Amount: 15,
  IncludeLetters: true,
  IncludeNumbers: true,
  UseHyphens: true,
  HyphenEvery: 5,
  SuccessfulLogChannel: 'https://discord.com/api/webhooks/123/****',
  FailedLogChannel: null,
};
export const key = { APIKey: settings.APIKey };
export const attempt = {
  id: 'att_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  at: '2026-01-31T12:00:00.000Z',
  status_overview: 'failed',
  reason: 'VERSION_MISMATCH',
  product: 'MyProduct',
  version: '0.9.0',
  licensekey: '***-*****-*****-TBHJ3',
  ip: '192.168.1.1',
  hwid: 'unique-hardware-id',
  connection_ip: '203.0.113.7',
  user_agent: 'MyApp/1.0.0',
  request_id: '01f2a6c0d4b84a0c',
};
