const app = {
  id: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
  name: 'My New App',
  apiKey: 'as_0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  version: '1.0.0',
  status: 'ACTIVE',
  updateUrl: null,
  hwidLock: true,
  hashCheck: false,
  hashes: [],
  hwidResetCooldownHours: 0,
  sessionTtlSeconds: 86400,
  keyFormat: 'XXXX-XXXX-XXXX-XXXX',
  vpnBlock: false,
  sharingThreshold: 5,
  enforceVersion: true,
  fileResponseMode: 'json',
  createdAt: '2025-06-15T12:00:00.000Z',
};

/** Bodies of document 000, completed with this server's settings. */
export const appExample = { success: true, data: app };
export const createdAppExample = {
  success: true,
  data: { ...app, secret: '4fd1c0e2a98b7d6c5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d' },
};
export const appListExample = {
  success: true,
  data: [{ ...app, name: 'My App', _count: { appUsers: 150, licenses: 200 } }],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};
export const appUpdateExample = {
  success: true,
  data: { ...app, name: 'Updated Name', version: '2.0.0' },
};
export const apiKeyExample = { success: true, data: { apiKey: app.apiKey } };
