const token = 'eyJhbGciOiJIUzI1NiIsInR5cCI6…';
const expiresAt = '2026-12-31T23:59:59.000Z';
const hwid = 'ABCD-1234-EFGH';

/** Answers of document 001, with ids as this server makes them. */
export const login = {
  success: true,
  data: {
    token,
    user: {
      id: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
      username: 'testuser',
      hwid,
      subscription: 'premium',
      expiresAt,
    },
  },
};
export const register = {
  success: true,
  data: { token, user: { id: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c', username: 'newuser' } },
};
export const license = {
  success: true,
  data: { token, license: { key: 'XXXX-XXXX-XXXX-XXXX', expiresAt, hwid } },
};

/** The document lists these without bodies; they are those of document 000 (D-B5). */
export const keys = {
  success: true,
  data: [
    {
      id: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
      key: 'PRO-A8F2-K9D3-M3B7',
      appId: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
      status: 'UNUSED',
      durationType: '30d',
      level: 1,
      maxDevices: 1,
      prefix: 'PRO',
      note: null,
      subscription: null,
      createdAt: '2025-06-15T12:00:00.000Z',
    },
  ],
};
const listed = {
  id: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  username: 'testuser',
  hwid,
  ip: '192.168.1.1',
  level: 1,
  status: 'ACTIVE',
  lastLogin: '2025-06-15T12:00:00.000Z',
  expiresAt,
  subscription: 'premium',
  note: null,
};
export const user = { success: true, data: listed };
export const userList = {
  success: true,
  data: [listed],
  pagination: { page: 1, limit: 20, total: 150, nextCursor: null },
};
export const blacklisted = {
  success: true,
  data: {
    id: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
    type: 'HWID',
    value: hwid,
    reason: 'License sharing detected',
  },
};

const ownKey = {
  key: 'RESELL-7KQ2-M9WD-X4TB',
  durationType: '30d',
  status: 'UNUSED',
  createdAt: '2025-06-15T12:00:00.000Z',
  id: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  level: 1,
  maxDevices: 1,
};
export const ownKeysMade = { success: true, data: [ownKey], balance: 45 };
export const ownKeys = {
  success: true,
  data: [ownKey],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};

const file = {
  id: 'abc123',
  name: 'loader.exe',
  size: 2516582,
  minLevel: 1,
  version: '1.2.3',
  channel: 'stable',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};
export const clientFile = { success: true, data: file };
export const uploadedFile = {
  success: true,
  data: { ...file, path: '/uploads/94c39ce0-b3d3-481a-b2ac-4eae5fba888d/abc123_loader.exe' },
};
