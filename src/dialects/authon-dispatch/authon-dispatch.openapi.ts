import { getSchemaPath } from '@nestjs/swagger';
import { CommonErrors, errorCatalogue } from '../../kernel';
import { UserErrors } from '../../modules/app-users';
import { FileErrors } from '../../modules/files';
import { PlanErrors } from '../../modules/plans';
import { errorResponse, OpenApiPart, STATUS_OF_CLASS } from '../../platform/http';
import { StorageErrors } from '../../platform/storage';
import { BAD_APP_CREDENTIALS, REFUSALS, SpelledRefusal } from './authon-dispatch.errors';
import * as sample from './authon-dispatch.examples';
import type { Operation } from './authon-dispatch.operations';

interface Answer {
  readonly code: string;
  readonly message: string;
}

/** `POST /v1` for the OpenAPI document: a `oneOf` over the types, told apart by `type`. */
export function dispatchOpenApi(operations: ReadonlyMap<string, Operation>): OpenApiPart {
  const entries = [...operations];
  const mapping = Object.fromEntries(entries.map(([type, { dto }]) => [type, getSchemaPath(dto)]));
  return {
    models: entries.map(([, { dto }]) => dto),
    paths: {
      '/v1': {
        post: {
          operationId: 'Client_dispatch',
          tags: ['Client'],
          summary: 'Everything a client program does: `type` says what',
          description:
            'The credentials of the application stand in the body. `init` comes first; `login` and `license` return the session token that the others take. Unknown fields are ignored. `file` answers the bytes (`application/octet-stream`) instead of a body when `raw` is true, or when the `fileResponseMode` of the application is `binary`.',
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  oneOf: Object.values(mapping).map(($ref) => ({ $ref })),
                  discriminator: { propertyName: 'type', mapping },
                },
                examples: sample.requests,
              },
            },
          },
          responses: {
            200: {
              description: 'Granted',
              content: {
                'application/json': { schema: GRANTED, examples: sample.answers },
                'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
              },
            },
            ...errorResponses(),
          },
        },
      },
    },
  };
}

const FILE = {
  id: { type: 'string', description: '`file` and `list_files`' },
  name: { type: 'string', description: '`init`, `file` and `list_files`' },
  size: { type: 'integer', description: 'Bytes; `file` and `list_files`' },
  version: {
    type: 'string',
    nullable: true,
    description: '`init`; `file` and `list_files`, null for a file without one',
  },
  channel: { type: 'string', description: '`file` and `list_files`' },
  sha256: { type: 'string', description: 'Of the content, in hex; `file` and `list_files`' },
};

const DATA = {
  type: 'object',
  description: 'Depends on `type`',
  properties: {
    ...FILE,
    downloadUrl: { type: 'string', description: 'Good once, within 60 seconds; `file`' },
    updateUrl: { type: 'string', nullable: true, description: '`init`' },
    hwidLock: { type: 'boolean', description: '`init`' },
    hashCheck: { type: 'boolean', description: '`init`' },
    username: { type: 'string', nullable: true, description: 'null for a key without user' },
    level: { type: 'integer' },
    expiresAt: {
      type: 'string',
      format: 'date-time',
      nullable: true,
      description: 'null is for ever',
    },
    sessionToken: { type: 'string', description: '`login` and `license`' },
    subscription: {
      type: 'string',
      nullable: true,
      description: 'Name of the plan; `login` and `license`',
    },
    blacklisted: { type: 'boolean', description: '`check_blacklist`' },
    reason: { type: 'string', nullable: true, description: '`check_blacklist`' },
    key: { type: 'string', description: '`var` and `getvar`' },
    value: { type: 'string', description: '`var` and `getvar`' },
    count: { type: 'integer', description: 'All who are online; `fetch_online`' },
    users: {
      type: 'array',
      description: 'The latest thousand of them; `fetch_online`',
      items: {
        type: 'object',
        required: ['username', 'lastActive'],
        properties: {
          username: { type: 'string', nullable: true },
          lastActive: { type: 'string', format: 'date-time' },
        },
      },
    },
    totalUsers: { type: 'integer', description: '`fetch_stats`' },
    onlineUsers: { type: 'integer', description: '`fetch_stats`' },
    totalKeys: { type: 'integer', description: '`fetch_stats`' },
    appVersion: { type: 'string', description: '`fetch_stats`' },
    rewardDays: { type: 'integer', description: '`redeem_referral`' },
  },
};

const FILES = {
  type: 'array',
  description: '`list_files`',
  items: {
    type: 'object',
    required: [...Object.keys(FILE), 'minLevel'],
    properties: { ...FILE, minLevel: { type: 'integer' } },
  },
};

const GRANTED = {
  type: 'object',
  required: ['success'],
  properties: {
    success: { type: 'boolean', enum: [true] },
    message: { type: 'string', description: 'Absent where the documents show none' },
    data: { oneOf: [DATA, FILES] },
  },
};

/** Codes that reach this wire as errors, not as refusals of the ladder. */
const ERRORS = [
  CommonErrors.INVALID_INPUT,
  CommonErrors.MALFORMED_JSON,
  CommonErrors.PAYLOAD_TOO_LARGE,
  CommonErrors.UNSUPPORTED_MEDIA_TYPE,
  FileErrors.FILE_DAMAGED,
  StorageErrors.STORAGE_UNAVAILABLE,
  UserErrors.USERNAME_TAKEN,
  PlanErrors.PLAN_LIMIT_REACHED,
].map(({ code }) => code);

function errorResponses(): Record<number, object> {
  const byStatus = new Map<number, Answer[]>();
  const add = (status: number, answer: Answer) => {
    const known = byStatus.get(status) ?? [];
    if (!known.some(({ message }) => message === answer.message)) {
      byStatus.set(status, [...known, answer]);
    }
  };
  for (const entry of errorCatalogue()) {
    if (ERRORS.includes(entry.code)) add(STATUS_OF_CLASS[entry.class], entry);
  }
  const refusals: SpelledRefusal[] = [BAD_APP_CREDENTIALS, ...Object.values(REFUSALS)];
  for (const refusal of refusals) add(refusal.status, refusal);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [status, errorResponse(list, status)]),
  );
}
