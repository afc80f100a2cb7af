const file = {
  id: 'abc123',
  name: 'loader.exe',
  size: 2516582,
  path: '/uploads/94c39ce0-b3d3-481a-b2ac-4eae5fba888d/abc123_loader.exe',
  minLevel: 1,
  version: '1.2.3',
  channel: 'stable',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  createdAt: '2025-06-15T12:00:00.000Z',
  updatedAt: '2025-06-15T12:00:00.000Z',
};

/** Bodies of document 000, completed with what this server adds. */
export const fileExample = { success: true, data: file };
export const registeredExample = { success: true, data: { ...file, sha256: null } };
export const fileListExample = {
  success: true,
  data: [file],
  pagination: { page: 1, limit: 1_000, total: 1, nextCursor: null },
};
