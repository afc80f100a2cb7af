const identity = {
  id: 'seller_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  email: 'dev@example.com',
  name: 'John Developer',
};
const tokens = {
  accessToken: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
  refreshToken: 'AZnwyKnofT-bHC0-T1prfAAAAAA…',
};

/** Bodies of document 000, with ids and tokens as this server makes them. */
export const registerExample = {
  success: true,
  message: 'Account created successfully',
  data: { ...identity, plan: 'FREE', ...tokens },
};
export const loginExample = {
  success: true,
  message: 'Login successful',
  data: { ...identity, plan: 'DEVELOPER', ...tokens },
};
export const refreshExample = { success: true, data: tokens };
export const profileExample = {
  success: true,
  data: {
    ...identity,
    plan: 'DEVELOPER',
    createdAt: '2024-01-15T12:00:00.000Z',
    twoFactor: false,
    limits: { apps: 50, keys: 100000, users: 100000, storageBytes: 10737418240 },
    usage: { apps: 2, keys: 150, users: 90, storageBytes: 2516582 },
  },
};

const pagination = { page: 1, limit: 20, total: 1, nextCursor: null };

export const signInListExample = {
  success: true,
  data: [
    {
      id: 'ssn_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
      createdAt: '2024-01-15T12:00:00.000Z',
      lastUsed: '2024-01-15T13:00:00.000Z',
      current: true,
    },
  ],
  pagination,
};

export const totpSetupExample = {
  success: true,
  data: {
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/Latchkey:dev%40example.com?issuer=Latchkey&secret=JBSWY3DP…',
  },
};
export const recoveryCodesExample = {
  success: true,
  message: 'Two-factor sign-in is on',
  data: { recoveryCodes: ['K7QMX-4WZ9P', 'H3RTD-8JN2C'] },
};

const apiToken = {
  id: 'tok_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  name: 'Build server',
  scopes: ['licenses:write'],
  expiresAt: null,
};
export const createdApiTokenExample = {
  success: true,
  data: { ...apiToken, token: 'lk_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
};
export const apiTokenListExample = {
  success: true,
  data: [
    {
      ...apiToken,
      tail: 'x7Qa',
      lastUsedAt: '2026-01-15T12:00:00.000Z',
      createdAt: '2026-01-01T12:00:00.000Z',
    },
  ],
  pagination,
};
