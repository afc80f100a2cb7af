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
  data: { ...identity, plan: 'DEVELOPER', createdAt: '2024-01-15T12:00:00.000Z' },
};
