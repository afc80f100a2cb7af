import { INestApplication, Injectable } from '@nestjs/common';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { errorCatalogue } from '../../kernel';
import { DialectRegistry, ErrorShape, STATUS_OF_CLASS } from './dialect';
import { inOpenApi31 } from './openapi-31';
import { ERRORS_EXTENSION, PUBLIC_EXTENSION } from './openapi-decorators';

type Json = { [key: string]: unknown };
type Operation = Json & { responses: Json; security?: unknown; parameters?: Json[] };

/** A part of the document that no Nest controller describes, such as a native route. */
export interface OpenApiPart {
  readonly paths: Record<string, Json>;
  readonly models: readonly (new () => object)[];
  /** Requests that this server sends, by the name of their event. */
  readonly webhooks?: Record<string, Json>;
}

/** Where wires with native routes register their part of the contract. */
@Injectable()
export class OpenApiParts {
  readonly parts: OpenApiPart[] = [];

  add(part: OpenApiPart): void {
    this.parts.push(part);
  }
}

/** What any route may answer: bad input where it takes some, limits, a lost database, a defect. */
const EVERYWHERE = ['INTERNAL', 'RATE_LIMITED', 'UNAVAILABLE'];

/** What a route with a body may answer besides. */
const BODY_ERRORS = ['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

const HEX_ID = (prefix: string) => ({
  type: 'string',
  pattern: `^${prefix}_[0-9a-f]{32}$`,
  example: `${prefix}_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c`,
});

/** Path parameters by name: one id, one schema, everywhere. */
const PATH_PARAMETERS: Record<string, { schema: Json; description: string }> = {
  appId: {
    schema: { type: 'string', format: 'uuid', example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' },
    description: 'Application id',
  },
  licenseId: { schema: HEX_ID('lic'), description: 'Licence id' },
  userId: { schema: HEX_ID('usr'), description: 'Application user id' },
  sessionId: { schema: HEX_ID('sess'), description: 'Session id' },
  entryId: { schema: HEX_ID('bl'), description: 'Blacklist entry id' },
  blockId: { schema: HEX_ID('bl'), description: 'Id of a blacklist entry of the seller' },
  signInId: { schema: HEX_ID('ssn'), description: 'Seller sign-in id' },
  tokenId: { schema: HEX_ID('tok'), description: 'API token id' },
  fileId: {
    schema: { type: 'string', pattern: '^[0-9a-z]{6}$', example: 'abc123' },
    description: 'File id',
  },
  variableId: { schema: HEX_ID('var'), description: 'Variable id' },
  codeId: { schema: HEX_ID('ref'), description: 'Referral code id' },
  resellerId: { schema: HEX_ID('rsl'), description: 'Reseller id' },
  webhookId: { schema: HEX_ID('wh'), description: 'Webhook id' },
  deliveryId: { schema: HEX_ID('whd'), description: 'Delivery id' },
  name: {
    schema: { type: 'string', minLength: 1, maxLength: 64, example: 'theme' },
    description: 'Variable name',
  },
  key: {
    schema: { type: 'string', minLength: 1, maxLength: 128, example: 'VIP-A8F2-K9D3-M3B7' },
    description: 'Licence key; case and surrounding spaces do not matter',
  },
};

/** The contract of the whole server. Needs no database: nothing is connected. */
export function buildOpenApi(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Latchkey')
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .setDescription(
      'Licensing and authentication for software: licence keys, users, hardware binding, sessions. Every error answers `{success:false, message, code, requestId}`; `code` is stable and listed in docs/errors.md.',
    )
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer('/', 'This server')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'Access token of a signed-in seller (JWT), or an API token (`lk_…`)',
      },
      'seller',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Token of a reseller' },
      'reseller',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'API key of an application' },
      'app-client',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'API key of a seller’s gateway, by itself',
      },
      'gateway',
    )
    .build();
  const parts = app.get(OpenApiParts).parts;
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: parts.flatMap((part) => [...part.models]),
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const paths = document.paths as unknown as Record<string, Record<string, Operation>>;
  for (const part of parts) Object.assign(paths, part.paths);
  const webhooks = Object.assign({}, ...parts.map((part) => part.webhooks)) as Json;
  Object.assign(document, { webhooks });
  const components = (document.components ??= {});
  const schemas: Json = (components.schemas = { ...components.schemas } as never);
  const dialects = app.get(DialectRegistry);
  for (const [path, operations] of Object.entries(paths)) {
    const { errorShape = HOUSE_ERRORS } = dialects.forPath(path);
    schemas[errorShape.name] = errorShape.schema;
    for (const operation of Object.values(operations)) {
      completeOperation(operation, errorShape);
      operation.parameters?.sort((a, b) => placeIn(path, a) - placeIn(path, b));
    }
  }
  return sorted(inOpenApi31(document)) as OpenAPIObject;
}

/** Parameters of the path come first, in its order, whoever declared them. */
function placeIn(path: string, parameter: Json): number {
  return parameter['in'] === 'path' ? path.indexOf(`{${String(parameter['name'])}}`) : path.length;
}

const ERROR_SCHEMA: Json = {
  type: 'object',
  description: 'What every refusal and failure answers.',
  required: ['success', 'message', 'code', 'requestId'],
  properties: {
    success: { type: 'boolean', enum: [false] },
    message: { type: 'string', description: 'For people' },
    code: { type: 'string', description: 'For programs; stable' },
    requestId: { type: 'string', description: 'Find the request in the log by this' },
    error: {
      type: 'string',
      description: 'Under `/v1/client` the sentence for people; `message` repeats the code there',
    },
    report: {
      type: 'object',
      description:
        'What was found in a file, when an import was rejected; see the answer of the import',
      additionalProperties: true,
    },
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

const FIELD_PROBLEM = { field: 'name', message: 'must be a string of 1 to 100 characters' };

const HOUSE_ERRORS: ErrorShape = {
  name: 'Error',
  schema: ERROR_SCHEMA,
  example: ({ code, message }) => ({
    success: false,
    message,
    code,
    requestId: '01f2a6c0d4b84a0c',
    ...(code === 'INVALID_INPUT' ? { errors: [FIELD_PROBLEM] } : {}),
  }),
};

function completeOperation(operation: Operation, shape: ErrorShape): void {
  // A public method in a class of others would inherit their credentials.
  if (operation[PUBLIC_EXTENSION]) operation.security = [];
  delete operation[PUBLIC_EXTENSION];
  operation.security ??= [];
  for (const parameter of operation.parameters ?? []) {
    const known = parameter['in'] === 'path' && PATH_PARAMETERS[String(parameter['name'])];
    if (known) Object.assign(parameter, known);
  }
  const takesInput = operation['requestBody'] !== undefined || operation.parameters?.length;
  const codes = new Set(EVERYWHERE);
  if (takesInput) codes.add('INVALID_INPUT');
  if (operation['requestBody']) BODY_ERRORS.forEach((code) => codes.add(code));
  if (operation.parameters?.some(({ name }) => name === 'Idempotency-Key')) {
    codes.add('IDEMPOTENCY_KEY_REUSED');
    codes.add('IDEMPOTENCY_KEY_IN_USE');
  }
  for (const key of Object.keys(operation)) {
    if (!key.startsWith(`${ERRORS_EXTENSION}-`)) continue;
    codes.add(key.slice(ERRORS_EXTENSION.length + 1));
    delete operation[key];
  }
  const byStatus = new Map<number, { code: string; message: string }[]>();
  for (const entry of errorCatalogue()) {
    if (!codes.has(entry.code)) continue;
    const status = STATUS_OF_CLASS[entry.class];
    byStatus.set(status, [...(byStatus.get(status) ?? []), entry]);
  }
  for (const [status, entries] of byStatus) {
    operation.responses[status] ??= errorResponse(entries, status, shape);
  }
}

/** One documented error answer: which codes it can carry, an example of each. */
export function errorResponse(
  entries: readonly { code: string; message: string }[],
  status: number,
  shape: ErrorShape = HOUSE_ERRORS,
): Json {
  return {
    description: entries.map(({ code }) => `\`${code}\``).join(', '),
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${shape.name}` },
        examples: Object.fromEntries(
          entries.map(({ code, message }) => [
            code,
            { value: shape.example({ code, message, status }) },
          ]),
        ),
      },
    },
  };
}

/** The same value with every object's keys in order, so that the file changes only with meaning. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // Examples keep the documents' own key order; everything else is sorted.
  return Object.fromEntries(
    entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, key === 'example' || key === 'examples' ? item : sorted(item)]),
  );
}
