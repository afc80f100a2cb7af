const RECORD_ID = 'aud_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c';
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const record = {
  id: RECORD_ID,
  sequence: 4711,
  time: '2025-06-15T12:00:00.000Z',
  appId: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c',
  actor: { kind: 'seller', id: 'seller_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' },
  action: 'license.ban',
  target: { kind: 'license', id: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' },
  outcome: 'granted',
  severity: 'info',
  ip: '192.0.2.7',
  requestId: '4f1c0a9e2b00001a',
  details: { key: 'XXXX-…-9QKD', reason: 'chargeback' },
  erased: false,
};

const checkpoint = {
  size: 4712,
  root: HASH,
  issuedAt: '2025-06-15T12:01:00.000Z',
  keyId: '3b0b822cd15d6c15',
  publicKey: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  signature:
    'UxtLKjaBSi3XrCNVQcHLVx8XzKZVzJYEkaZLxqLaJLyhH6GDcHpTdwmm4/sVAiHsgZCLRCnwMwbUQ3cZHLFQBg==',
};

export const listExample = {
  success: true,
  data: [record],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};

export const checkpointExample = { success: true, data: checkpoint };

export const inclusionExample = {
  success: true,
  data: {
    recordId: RECORD_ID,
    index: 4711,
    leaf: '{"v":1,"id":"0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c","at":"2025-06-15T12:00:00.000000Z", …}',
    leafHash: HASH,
    salt: HASH,
    path: [HASH, HASH],
    checkpoint,
  },
};

export const consistencyExample = {
  success: true,
  data: { from: 4000, path: [HASH, HASH], checkpoint },
};

const event = {
  id: RECORD_ID,
  sequence: 4711,
  time: '2025-06-15T12:00:00.000Z',
  type: 'license.ban',
  summary: 'Licence banned',
  risk: 'medium',
  severity: 'info',
  outcome: 'granted',
  actor: record.actor,
  target: record.target,
  appId: record.appId,
  ip: '192.0.2.7',
  country: null,
  requestId: '4f1c0a9e2b00001a',
};

export const eventListExample = {
  success: true,
  data: [event],
  pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
};

export const streamExample = `retry: 3000\n\nid: 4711\ndata: ${JSON.stringify(event)}\n\n:\n\n`;
