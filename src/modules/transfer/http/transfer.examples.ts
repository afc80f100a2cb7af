export const importExample = {
  success: true,
  data: {
    dryRun: false,
    licenses: { created: 1200, unchanged: 34 },
    users: { created: 0, unchanged: 0 },
    errorCount: 0,
    errors: [],
  },
};

export const exportExample = {
  licenses: [
    {
      key: 'VIP-7KQ2-M9WD-X4TB',
      hold: null,
      activatedAt: '2025-06-15T12:00:00.000Z',
      expiresAt: '2025-07-15T12:00:00.000Z',
      durationSeconds: 2592000,
      level: 1,
      maxDevices: 1,
      prefix: 'VIP',
      note: 'Giveaway batch',
      subscription: null,
      devicesResetAt: null,
      createdAt: '2025-06-01T09:30:00.000Z',
      devices: [{ hwid: 'HWID-A1B2C3D4', boundAt: '2025-06-15T12:00:00.000Z' }],
    },
  ],
};
