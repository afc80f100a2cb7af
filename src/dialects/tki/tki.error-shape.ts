import type { ErrorShape } from '../../platform/http';
import { failure, textOf } from './tki.errors';

const ERROR_SCHEMA = {
  type: 'object',
  description: 'What every refusal and failure answers on this wire.',
  required: ['message', 'status_overview', 'status_code', 'code', 'requestId'],
  properties: {
    message: {
      type: 'string',
      description: 'For people; the document’s sentence where it has one',
    },
    status_overview: { type: 'string', enum: ['failed'] },
    status_code: { type: 'integer', description: 'The HTTP status' },
    code: { type: 'string', description: 'For programs; stable' },
    requestId: { type: 'string', description: 'Find the request in the log by this' },
    errors: {
      type: 'array',
      description: 'Every bad field, when the input was not valid',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

/** How this wire's errors look in the contract. */
export const TKI_ERRORS: ErrorShape = {
  name: 'TkiError',
  schema: ERROR_SCHEMA,
  example: ({ code, message, status }) => ({
    ...failure(status, textOf(code, message), code, '01f2a6c0d4b84a0c'),
    ...(code === 'INVALID_INPUT' ? { errors: [{ field: 'data.ip', message: 'is missing' }] } : {}),
  }),
};
