import { ArgumentsHost, Catch, ExceptionFilter, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommonErrors, DomainError } from '../../kernel';
import { LOGGER, Logger } from '../logging';
import { DialectRegistry } from './dialect';
import { loggedPath, pathOf } from './request-context';
import { RouteTable } from './route-table';
import { toDomainError } from './to-domain-error';

/** Answers for everything that was thrown, wherever, in the shape of the wire the path is on. */
@Injectable()
export class ErrorResponder {
  constructor(
    private readonly dialects: DialectRegistry,
    private readonly routes: RouteTable,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  respond(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const path = pathOf(request.url);
    const error = this.refine(toDomainError(thrown), request.method, path);
    this.log(error, request);
    // After a raw write began (a stream), nothing sensible can be sent any more.
    if (reply.sent) return;
    const { status, body } = this.dialects.forPath(path).renderError(error, request.id);
    const { retryAfterSeconds, allow } = error.details;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    else if (error.class === 'unavailable') void reply.header('retry-after', 1);
    if (allow) void reply.header('allow', allow.join(', '));
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).header('content-type', 'application/json; charset=utf-8').send(body);
  }

  /** A path that exists under other methods is 405, not 404. */
  private refine(error: DomainError, method: string, path: string): DomainError {
    if (error.code !== CommonErrors.ROUTE_NOT_FOUND.code) return error;
    const allow = this.routes.methodsOf(path).filter((known) => known !== method);
    return allow.length > 0 ? CommonErrors.METHOD_NOT_ALLOWED({ allow }) : error;
  }

  private log(error: DomainError, request: FastifyRequest): void {
    const path = loggedPath(request.url);
    const { cause, internal } = error.details;
    const err = cause instanceof Error ? { message: cause.message, stack: cause.stack } : cause;
    this.logger[error.definition.log](
      { requestId: request.id, method: request.method, path, code: error.code, internal, err },
      error.definition.message,
    );
  }
}

/** Nest's hook into the responder. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly responder: ErrorResponder) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.responder.respond(thrown, http.getRequest(), http.getResponse());
  }
}
