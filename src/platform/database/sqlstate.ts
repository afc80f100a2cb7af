import { CommonErrors, DomainError } from '../../kernel';

interface PostgresError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  readonly driverError?: PostgresError;
}

/** Classes and codes by which PostgreSQL or the network says «not now». */
const UNAVAILABLE_CLASSES = ['08', '53', '57'];
const UNAVAILABLE_CODES = new Set(['55P03', '25P03', '25006']);
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/**
 * The driver raises these as plain errors without a code. A query runner is «already released» when
 * its connection was lost between two statements of a transaction.
 */
const DRIVER_TEXTS =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|Query runner already released|Database connection provided by a query runner was already released|Driver not Connected|Cannot use a pool after)/;

function driverError(error: unknown): PostgresError | null {
  if (!(error instanceof Error)) return null;
  return (error as PostgresError).driverError ?? error;
}

function sqlState(error: unknown): string | undefined {
  return driverError(error)?.code;
}

/** Whether the whole transaction may simply be tried again: deadlock or serialisation failure. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}

/** Whether `error` says that the unique constraint or index of that name refused a row. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return sqlState(error) === '23505' && driverError(error)?.constraint === constraint;
}

/** Whether a referenced row was gone when the statement ran: deleted by somebody at the same time. */
export function violatesReference(error: unknown): boolean {
  return sqlState(error) === '23503';
}

/** Whether a statement was ended because it waited too long, for a lock or altogether. */
export function gaveUpWaiting(error: unknown): boolean {
  const state = sqlState(error);
  return state === '55P03' || state === '57014';
}

/** Whether the database could not be reached, gave up waiting, or is shutting down. */
export function isUnavailable(error: unknown): boolean {
  const inner = driverError(error);
  if (!inner) return false;
  const code = inner.code;
  if (code === undefined) return DRIVER_TEXTS.test(inner.message);
  return (
    NETWORK_CODES.has(code) ||
    UNAVAILABLE_CODES.has(code) ||
    (code.length === 5 && UNAVAILABLE_CLASSES.includes(code.slice(0, 2)))
  );
}

/**
 * The error to answer with when a statement failed: 503 for a lost database, 404 when what a new row
 * hangs on was deleted at the same moment, else itself.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isUnavailable(error) || isRetryable(error)) {
    return CommonErrors.UNAVAILABLE({ retryAfterSeconds: 1, cause: error });
  }
  if (violatesReference(error)) return CommonErrors.VANISHED({ cause: error });
  return error;
}
