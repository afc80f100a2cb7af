const user = {
  id: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  username: 'john',
  hwid: 'HWID-A1B2C3D4',
  ip: '192.168.1.1',
  level: 1,
  status: 'ACTIVE',
  lastLogin: '2025-06-15T12:00:00.000Z',
  expiresAt: '2025-12-31T23:59:59.000Z',
  banReason: null,
  note: null,
  licenseId: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  createdAt: '2025-06-15T12:00:00.000Z',
};

export const userExample = { success: true, data: user };
export const userListExample = {
  success: true,
  data: [user],
  pagination: { page: 1, limit: 20, total: 50, nextCursor: null },
};
export const userExtendedExample = {
  success: true,
  message: 'Subscription extended by 30 days',
  data: { expiresAt: '2026-01-30T23:59:59.000Z' },
};
