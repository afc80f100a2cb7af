const credentials = { appId: 'your-app-id', apiKey: 'your-api-key' };
const user = { username: 'testuser', level: 1, expiresAt: '2025-12-31T23:59:59.000Z' };
const hwid = 'HWID-A1B2C3D4';
const licenseKey = 'AUTH-XXXX-XXXX-XXXX';
const setting = { key: 'settings', value: 'dark_mode=true' };
const sessionToken = 'sess_abc123def456…';

const file = {
  size: 2516582,
  version: '1.2.3',
  channel: 'stable',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

/** Requests of document 000. */
export const requests = {
  init: { value: { type: 'init', ...credentials } },
  login: {
    value: { type: 'login', ...credentials, username: 'testuser', password: 'securepass', hwid },
  },
  register: {
    value: {
      type: 'register',
      ...credentials,
      username: 'newuser',
      password: 'securepass',
      licenseKey,
      hwid,
    },
  },
  license: { value: { type: 'license', ...credentials, licenseKey, hwid } },
  check: { value: { type: 'check', ...credentials, sessionToken } },
  logout: { value: { type: 'logout', ...credentials, sessionToken } },
  check_blacklist: { value: { type: 'check_blacklist', ...credentials, ip: '203.0.113.7', hwid } },
  var: { value: { type: 'var', ...credentials, sessionToken, key: 'download_url' } },
  setvar: { value: { type: 'setvar', ...credentials, sessionToken, ...setting } },
  getvar: { value: { type: 'getvar', ...credentials, sessionToken, key: setting.key } },
  log: {
    value: { type: 'log', ...credentials, sessionToken, message: 'User opened settings panel' },
  },
  list_files: { value: { type: 'list_files', ...credentials, sessionToken } },
  file: { value: { type: 'file', ...credentials, sessionToken, fileId: 'abc123' } },
  fetch_online: { value: { type: 'fetch_online', ...credentials, sessionToken } },
  fetch_stats: { value: { type: 'fetch_stats', ...credentials, sessionToken } },
  redeem_referral: {
    value: { type: 'redeem_referral', ...credentials, sessionToken, code: 'SUMMER-24' },
  },
};

/** Answers of document 000, with the fields that SDKs read beside them. */
export const answers = {
  init: {
    value: {
      success: true,
      message: 'App initialized',
      data: { name: 'My App', version: '1.0.0', updateUrl: null, hwidLock: true, hashCheck: false },
    },
  },
  login: {
    value: {
      success: true,
      message: 'Login successful',
      data: { ...user, sessionToken, subscription: null },
    },
  },
  register: {
    value: {
      success: true,
      message: 'Registration successful',
      data: { ...user, username: 'newuser' },
    },
  },
  license: {
    value: {
      success: true,
      message: 'License activated',
      data: {
        level: 1,
        expiresAt: '2025-12-31T23:59:59.000Z',
        sessionToken,
        username: null,
        subscription: null,
      },
    },
  },
  check: { value: { success: true, message: 'Session valid', data: user } },
  logout: { value: { success: true, message: 'Logged out' } },
  check_blacklist: {
    value: { success: true, data: { blacklisted: true, reason: 'License sharing detected' } },
  },
  var: {
    value: {
      success: true,
      data: { key: 'download_url', value: 'https://example.com/latest.zip' },
    },
  },
  setvar: { value: { success: true, message: 'Variable set' } },
  getvar: { value: { success: true, data: setting } },
  log: { value: { success: true, message: 'Log recorded' } },
  list_files: {
    value: { success: true, data: [{ id: 'abc123', name: 'loader.exe', minLevel: 1, ...file }] },
  },
  file: {
    value: {
      success: true,
      data: {
        name: 'loader.exe',
        downloadUrl: '/v1/files/download/abc123?token=dl_abc123…',
        id: 'abc123',
        ...file,
      },
    },
  },
  fetch_online: {
    value: {
      success: true,
      data: { count: 1, users: [{ username: 'testuser', lastActive: '2025-06-15T12:00:00.000Z' }] },
    },
  },
  fetch_stats: {
    value: {
      success: true,
      data: { totalUsers: 150, onlineUsers: 12, totalKeys: 500, appVersion: '1.0.0' },
    },
  },
  redeem_referral: {
    value: {
      success: true,
      message: 'Referral redeemed',
      data: { expiresAt: '2026-01-07T23:59:59.000Z', rewardDays: 7 },
    },
  },
};
