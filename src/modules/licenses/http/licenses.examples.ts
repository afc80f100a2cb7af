const license = {
  id: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  key: 'VIP-7KQ2-M9WD-X4TB',
  appId: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
  status: 'UNUSED',
  durationType: '30d',
  level: 1,
  maxDevices: 1,
  prefix: 'VIP',
  note: 'Giveaway batch',
  subscription: null,
  createdAt: '2025-06-15T12:00:00.000Z',
  activatedAt: null,
  expiresAt: null,
  resellerId: null,
  staff: false,
  maxAddresses: 0,
  discordId: null,
  discordUsername: null,
  discordDiscriminator: null,
};

export const licenseExample = { success: true, data: license };
export const generatedExample = { success: true, data: [license] };
export const licenseListExample = {
  success: true,
  data: [license],
  pagination: { page: 1, limit: 20, total: 150, nextCursor: null },
};
export const extendedExample = {
  success: true,
  message: 'License extended by 30 days',
  data: {
    ...license,
    status: 'USED',
    activatedAt: '2025-06-15T12:00:00.000Z',
    expiresAt: '2025-08-14T12:00:00.000Z',
  },
};
export const devicesExample = {
  success: true,
  data: [
    {
      id: 'dev_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
      hwid: 'HWID-A1B2C3D4',
      boundAt: '2025-06-15T12:00:00.000Z',
    },
  ],
};
export const devicesResetExample = {
  success: true,
  message: 'Devices reset',
  data: { released: 1 },
};
export const addressListExample = {
  success: true,
  data: [{ address: '203.0.113.7', boundAt: '2025-06-15T12:00:00.000Z' }],
};
export const addressesResetExample = {
  success: true,
  message: 'Addresses reset',
  data: { released: 1 },
};
