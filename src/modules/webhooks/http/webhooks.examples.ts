const webhook = {
  id: 'wh_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  url: 'https://hooks.example/latchkey',
  events: ['user.login', 'license.activate'],
  format: 'envelope',
  ordering: 'none',
  status: 'ACTIVE',
  statusReason: null,
  failingSince: null,
  pausedUntil: null,
  publicKey: 'whpk_3/1qVpXcFtMdYq2Wb3M1M0rj0p7c1n4bqYxO2u8sJ7M=',
  createdAt: '2025-06-15T12:00:00.000Z',
};
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8v1kq7zT1zg=';
const delivery = {
  id: 'whd_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  eventId: 'evt_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  event: 'user.login',
  sequence: 7,
  occurredAt: '2025-06-15T12:00:00.000Z',
  status: 'DELIVERED',
  attempts: 2,
  nextAttemptAt: null,
  lastAttemptAt: '2025-06-15T12:00:05.200Z',
  statusCode: 200,
  failure: null,
  durationMs: 87,
  response: 'ok',
  history: [
    { at: '2025-06-15T12:00:00.100Z', statusCode: 503, failure: null, durationMs: 31 },
    { at: '2025-06-15T12:00:05.200Z', statusCode: 200, failure: null, durationMs: 87 },
  ],
};
const pagination = { page: 1, limit: 20, total: 1, nextCursor: null };

/** Bodies of document 000, completed with what this server also keeps. */
export const createdExample = {
  success: true,
  data: { ...webhook, status: 'PENDING', secret },
};
export const webhookExample = { success: true, data: webhook };
export const listExample = {
  success: true,
  data: [webhook],
  pagination: { ...pagination, limit: 1_000 },
};
export const rotatedExample = { success: true, data: { ...webhook, secret } };
export const deletedExample = { success: true, message: 'Webhook deleted' };
export const pingExample = {
  success: true,
  message: 'Test ping sent',
  data: { statusCode: 200, ok: true, durationMs: 142 },
};
export const deliveriesExample = { success: true, data: [delivery], pagination };
export const replayExample = {
  success: true,
  data: {
    ...delivery,
    status: 'PENDING',
    attempts: 0,
    nextAttemptAt: '2025-06-15T13:00:00.000Z',
  },
};
export const replayedExample = { success: true, data: { queued: 42, more: false, next: null } };
