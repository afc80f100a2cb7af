/**
 * What kind of failure an error is. A wire chooses its status from the class, never from the code,
 * so a new code is answered everywhere the day it is written.
 */
export type ErrorClass =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'method-not-allowed'
  | 'conflict'
  | 'too-large'
  | 'unsupported-media'
  | 'mismatch'
  | 'limited'
  | 'unsatisfiable'
  | 'insufficient-storage'
  | 'unavailable'
  | 'internal';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of the error catalogue. `message` is the public sentence: no id, no name, no secret. */
export interface ErrorDefinition {
  readonly class: ErrorClass;
  readonly message: string;
  readonly log: LogLevel;
  /** When it happens and what the caller can do; printed in docs/errors.md. */
  readonly help: string;
}

/** One bad field of an input: the path as the caller wrote it, and what is expected there. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export interface DomainErrorDetails {
  /** Replaces the catalogue's sentence where naming the field or limit helps the caller. */
  readonly message?: string;
  readonly problems?: readonly FieldProblem[];
  /** What was found in something larger than a form, such as a file; sent as `report`. */
  readonly report?: object;
  /** Whole seconds after which a retry may succeed. */
  readonly retryAfterSeconds?: number;
  /** Methods the path does answer, for `Allow`. */
  readonly allow?: readonly string[];
  /**
   * It spells a refusal that was decided and recorded: where other errors roll the transaction
   * back, what the refusal wrote stays.
   */
  readonly stands?: boolean;
  /** For the log only; never sent. */
  readonly internal?: string;
  readonly cause?: unknown;
}

/** A request that cannot be processed. Thrown inside a use case it rolls the transaction back. */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    readonly definition: ErrorDefinition,
    readonly details: DomainErrorDetails = {},
  ) {
    super(details.message ?? definition.message, { cause: details.cause });
    this.name = 'DomainError';
  }

  get class(): ErrorClass {
    return this.definition.class;
  }
}

export type ErrorFactory = ((details?: DomainErrorDetails) => DomainError) & {
  readonly code: string;
};

const catalogue = new Map<string, ErrorDefinition & { readonly module: string }>();

/**
 * Declares a module's error codes and gives one factory for each. Codes are unique in the whole
 * server; a second declaration is a programming error and throws at import.
 */
export function defineErrors<C extends string>(
  module: string,
  definitions: Record<C, ErrorDefinition>,
): Record<C, ErrorFactory> {
  const factories = {} as Record<C, ErrorFactory>;
  for (const [code, definition] of Object.entries(definitions) as [C, ErrorDefinition][]) {
    if (catalogue.has(code)) throw new Error(`error code ${code} is declared twice`);
    catalogue.set(code, { ...definition, module });
    factories[code] = Object.assign(
      (details?: DomainErrorDetails) => new DomainError(code, definition, details),
      { code },
    );
  }
  return factories;
}

/** Every declared code with its definition, in alphabetical order. */
export function errorCatalogue(): readonly (ErrorDefinition & { code: string; module: string })[] {
  return [...catalogue]
    .map(([code, definition]) => ({ code, ...definition }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Errors that any route can meet, whatever its module. */
export const CommonErrors = defineErrors('kernel', {
  INVALID_INPUT: {
    class: 'invalid',
    message: 'The request is not valid',
    log: 'info',
    help: 'A field is missing, of the wrong type, too long or outside its range. `errors` names every field; nothing was stored.',
  },
  MALFORMED_JSON: {
    class: 'invalid',
    message: 'The body is not valid JSON',
    log: 'info',
    help: 'The body could not be parsed, is not UTF-8, or carries a key such as `__proto__` that is never accepted.',
  },
  MALFORMED_REQUEST: {
    class: 'invalid',
    message: 'The request is not valid HTTP',
    log: 'info',
    help: 'The bytes could not be read as a request, came too slowly, or the headers are too large; the connection is closed.',
  },
  UNAUTHENTICATED: {
    class: 'unauthenticated',
    message: 'Missing or invalid access token',
    log: 'info',
    help: 'Send `Authorization: Bearer <accessToken>`. The token may have expired, or its session was ended; log in or refresh.',
  },
  FORBIDDEN: {
    class: 'forbidden',
    message: 'This credential may not do that',
    log: 'info',
    help: 'The credential is valid but is of another kind than the route asks for.',
  },
  INSUFFICIENT_SCOPE: {
    class: 'forbidden',
    message: 'This token lacks a scope for that',
    log: 'info',
    help: 'An API token (`lk_…`) does what its scopes name: `<area>:read` for reading, `<area>:write` for both. The account itself (password, second factor, tokens) is changed only by a signed-in seller.',
  },
  ROUTE_NOT_FOUND: {
    class: 'missing',
    message: 'No such route',
    log: 'info',
    help: 'No route of this server has that path. The OpenAPI page at `/docs` lists them all.',
  },
  VANISHED: {
    class: 'missing',
    message: 'Something this belongs to was deleted at the same moment',
    log: 'info',
    help: 'For example, the application was deleted while a licence was being made in it. Nothing was stored.',
  },
  METHOD_NOT_ALLOWED: {
    class: 'method-not-allowed',
    message: 'Method not allowed',
    log: 'info',
    help: 'The path exists, the method does not. `Allow` names the methods that do.',
  },
  PAYLOAD_TOO_LARGE: {
    class: 'too-large',
    message: 'The body is too large',
    log: 'info',
    help: 'The body is larger than `BODY_LIMIT_BYTES`, the file to import larger than `IMPORT_LIMIT_BYTES`, or the file for clients larger than `FILE_LIMIT_BYTES`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    class: 'unsupported-media',
    message: 'Send the body as application/json',
    log: 'info',
    help: 'Bodies are JSON; set `Content-Type: application/json`.',
  },
  RATE_LIMITED: {
    class: 'limited',
    message: 'Too many requests, slow down',
    log: 'info',
    help: 'More requests than the limit allows came from this address. Wait for `Retry-After` seconds.',
  },
  UNAVAILABLE: {
    class: 'unavailable',
    message: 'The service is temporarily unavailable, please retry',
    log: 'error',
    help: 'The database cannot be reached or is overloaded. Retry after `Retry-After` seconds, a POST with an `Idempotency-Key`: had the connection gone at the very moment of the commit, the first try may have been stored.',
  },
  INTERNAL: {
    class: 'internal',
    message: 'Internal server error',
    log: 'error',
    help: 'A defect of this server. The log holds the details under the `requestId` of the answer.',
  },
});
