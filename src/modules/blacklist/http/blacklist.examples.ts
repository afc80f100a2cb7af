const entry = {
  id: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  type: 'HWID',
  value: 'HWID-A1B2C3D4',
  reason: 'License sharing detected',
  expiresAt: null,
  attempts: 0,
  lastAttemptAt: null,
  createdAt: '2025-06-15T12:00:00.000Z',
};

/** Bodies of document 000, completed with what this server also keeps. */
export const entryExample = { success: true, data: entry };
export const entryListExample = {
  success: true,
  data: [{ ...entry, attempts: 3, lastAttemptAt: '2025-06-16T08:30:00.000Z' }],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};
export const changedExample = {
  success: true,
  data: { ...entry, reason: 'Charged back', expiresAt: '2027-01-01T00:00:00.000Z' },
};
export const removedExample = { success: true, message: 'Blacklist entry removed' };
