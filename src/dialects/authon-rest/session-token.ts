import { applyDecorators, createParamDecorator, ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { TOKEN_MAX } from '../../modules/sessions';
import { bearerToken } from '../../platform/http';

/**
 * Parameter of a client's controller method: the session token, of either kind, as
 * `Authorization: Bearer` or `X-Session-Token` (D-B7). Nothing that can be one is an empty text,
 * which names no session.
 */
export const SessionToken = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const header = request.headers['x-session-token'];
  const token = bearerToken(request) ?? (typeof header === 'string' ? header : '');
  return token.length <= TOKEN_MAX ? token : '';
});

/** Documents where a session token may stand. */
export function ApiSessionToken(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'X-Session-Token',
      required: false,
      description: 'Token of the session; or `Authorization: Bearer <token>`',
      schema: { type: 'string', maxLength: TOKEN_MAX },
    }),
  );
}
