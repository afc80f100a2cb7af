import { HttpException } from '@nestjs/common';
import { CommonErrors, DomainError } from '../../kernel';
import { translateDatabaseError } from '../database';

/** What Fastify and Nest refuse before a handler is reached, by status. */
const BY_STATUS: Record<number, () => DomainError> = {
  400: () => CommonErrors.MALFORMED_JSON(),
  404: () => CommonErrors.ROUTE_NOT_FOUND(),
  413: () => CommonErrors.PAYLOAD_TOO_LARGE(),
  415: () => CommonErrors.UNSUPPORTED_MEDIA_TYPE(),
};

/** Whatever was thrown, as one of our errors. What nobody foresaw is INTERNAL. */
export function toDomainError(thrown: unknown): DomainError {
  const error = translateDatabaseError(thrown);
  if (error instanceof DomainError) return error;
  const status = statusOf(error);
  const known = status === undefined ? undefined : BY_STATUS[status];
  return known ? known() : CommonErrors.INTERNAL({ cause: thrown });
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const candidate = error as { statusCode?: unknown; code?: unknown } | null;
  // Only Fastify's own refusals carry a code like this; a stray `statusCode` proves nothing.
  const fromFastify = typeof candidate?.code === 'string' && candidate.code.startsWith('FST_ERR_');
  if (error instanceof SyntaxError && candidate?.statusCode === 400) return 400;
  return fromFastify && typeof candidate?.statusCode === 'number'
    ? candidate.statusCode
    : undefined;
}
