const credentials = { appId: 'your-app-id', apiKey: 'your-api-key' };
const user = { username: 'testuser', level: 1, expiresAt: '2025-12-31T23:59:59.000Z' };
const hwid = 'HWID-A1B2C3D4';
const licenseKey = 'AUTH-XXXX-XXXX-XXXX';
const sessionToken = 'sess_abc123def456…';

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
};
