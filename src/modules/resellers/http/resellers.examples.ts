const reseller = {
  id: 'rsl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  username: 'reseller1',
  status: 'ACTIVE',
  balance: 50,
  prices: { '30d': 2 },
  levels: [1, 2],
  durations: null,
  note: 'Invoice 42',
  lastLoginAt: null,
  createdAt: '2025-06-15T12:00:00.000Z',
};

const line = {
  id: 'led_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  position: 2,
  kind: 'GENERATE',
  amount: -5,
  balanceAfter: 45,
  keys: 5,
  unitPrice: 1,
  licenseId: null,
  note: null,
  actor: 'reseller',
  createdAt: '2025-06-15T12:00:00.000Z',
};

const terms = {
  id: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  level: 1,
  maxDevices: 1,
  prefix: 'RESELL',
  note: null,
  price: 1,
};

export const resellerExample = { success: true, data: reseller };
export const resellerListExample = {
  success: true,
  data: [reseller],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};
export const ledgerExample = {
  success: true,
  data: [line],
  pagination: { page: 1, limit: 20, total: 2, nextCursor: null },
};
export const statementExample = { success: true, data: [line] };
export const statementCsvExample =
  'position,createdAt,kind,amount,balanceAfter,keys,unitPrice,licenseId,note,actor,id\r\n' +
  '2,2025-06-15T12:00:00.000Z,GENERATE,-5,45,5,1,,,reseller,led_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c\r\n';
export const loginExample = {
  success: true,
  data: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…', username: 'reseller1', balance: 50 },
};
export const generatedExample = {
  success: true,
  data: [
    {
      key: 'RESELL-7KQ2-M9WD-X4TB',
      durationType: '30d',
      status: 'UNUSED',
      ...terms,
      createdAt: '2025-06-15T12:00:00.000Z',
    },
  ],
  balance: 45,
};
export const keysExample = {
  success: true,
  data: [
    {
      key: 'RESELL-7KQ2-M9WD-X4TB',
      status: 'USED',
      durationType: '30d',
      createdAt: '2025-06-15T12:00:00.000Z',
      ...terms,
      activatedAt: '2025-06-16T12:00:00.000Z',
      expiresAt: '2025-07-16T12:00:00.000Z',
    },
  ],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};
export const balanceExample = { success: true, data: { balance: 45 } };
export const refundExample = {
  success: true,
  message: 'License deleted and refunded',
  data: { balance: 46 },
};
export const statsExample = {
  success: true,
  data: { balance: 45, totalKeys: 25, usedKeys: 20, unusedKeys: 5 },
};
