export { Access, AccessRegistry, accessOf } from './access';
export type { AccessResolver } from './access';
export { addAccessLog } from './access-log';
export { bearerJwtOptions, bearerToken } from './bearer-jwt';
export { csvLines, textCell } from './csv';
export { DialectRegistry, STATUS_OF_CLASS } from './dialect';
export type { DescribedError, Dialect, ErrorShape, RenderedError } from './dialect';
export { ok, okPage } from './envelope';
export type { Envelope } from './envelope';
export { IdempotencyKeyEntity } from './entities/idempotency-key.entity';
export { acceptOnlyJson } from './json-body';
export { ErrorResponder } from './error-filter';
export * from './collection-fields';
export * from './fields';
export { HttpModule } from './http.module';
export { IdPipe, UuidPipe } from './id.pipe';
export { Idempotent, Prepared } from './idempotency';
export { IdempotencyErrors } from './idempotency.errors';
export { buildOpenApi, errorResponse, OpenApiParts } from './openapi';
export type { OpenApiPart } from './openapi';
export { Answers, ApiErrors } from './openapi-decorators';
export {
  Caller,
  callerOf,
  CallingReseller,
  originOf,
  pathOf,
  RequestOrigin,
  SignedInCaller,
  StillAllowed,
  suppliedRequestId,
} from './request-context';
export { RouteTable } from './route-table';
export { addSecurityHeaders, securityHeaders } from './security-headers';
export { SilentConnections } from './silent-connections';
export { DropsUnknownKeys } from './input.pipe';
export { ContentErrors, sendContent } from './content';
export { EventStream, LastEventId, Streaming } from './event-stream';
export type { Content } from './content';
export { formParts } from './multipart';
export type { FormPart } from './multipart';
export { acceptStreams, isUploading, Streamed, StreamedForm, Upload, UploadedFile } from './upload';
export type { UploadLimits } from './upload';
export { invalidInput, UNKNOWN_FIELD, validateInput } from './validation';
export { refuseUnparsed } from './unparsed';
