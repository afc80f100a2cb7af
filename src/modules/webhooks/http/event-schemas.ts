import { EventDefinition, EVENTS } from '../../../platform/outbox';

type Json = Record<string, unknown>;

const WEBHOOK_HEADERS = [
  ['webhook-id', 'Id of the event, the same on every try: what has been seen is a repeat'],
  ['webhook-timestamp', 'Unix seconds of this try'],
  [
    'webhook-signature',
    'Signatures (Standard Webhooks), a space between: `v1,` by each secret in force, `v1a,` by the public key',
  ],
] as const;

/** Every event as a request that this server sends, in the words of OpenAPI (`webhooks`). */
export function eventSchemas(): Record<string, Json> {
  const test: EventDefinition = {
    severity: 'info',
    trigger: 'A test ping (D-A18); it carries no `sequence`.',
    title: 'Test ping',
    data: {
      webhookId: {
        type: 'string',
        format: 'uuid',
        example: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c',
      },
      appId: { type: 'string', format: 'uuid', example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' },
    },
  };
  return Object.fromEntries([
    ...Object.entries(EVENTS).map(([type, definition]) => [type, request(type, definition, true)]),
    ['webhook.test', request('webhook.test', test, false)],
  ]) as Record<string, Json>;
}

function request(type: string, { trigger, data }: EventDefinition, numbered: boolean): Json {
  const sequence = {
    type: 'integer',
    minimum: 1,
    description: 'Number of the event in its application',
  };
  const properties = {
    event: { type: 'string', enum: [type] },
    timestamp: { type: 'string', format: 'date-time', description: 'When it happened' },
    ...(numbered ? { sequence } : {}),
    data: { type: 'object', required: Object.keys(data), properties: schemas(data) },
  };
  const example = {
    event: type,
    timestamp: '2025-06-15T12:00:00.000Z',
    ...(numbered ? { sequence: 7 } : {}),
    data: Object.fromEntries(Object.entries(data).map(([name, field]) => [name, field.example])),
  };
  const schema = { type: 'object', required: Object.keys(properties), properties };
  return {
    post: {
      summary: trigger,
      tags: ['Webhooks'],
      operationId: `event_${type.replace('.', '_')}`,
      security: [],
      parameters: WEBHOOK_HEADERS.map(([name, description]) => ({
        in: 'header',
        name,
        required: true,
        description,
        schema: { type: 'string' },
      })),
      requestBody: { required: true, content: { 'application/json': { schema, example } } },
      responses: {
        '2XX': { description: 'Received. Everything else is tried again.' },
        '410': { description: 'Gone: the webhook is switched off.' },
      },
    },
  };
}

function schemas(data: EventDefinition['data']): Json {
  return Object.fromEntries(
    Object.entries(data).map(([name, { example: _example, ...schema }]) => [name, schema]),
  );
}
