import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging';
import { loggedPath } from './request-context';

/** One line a request, when it has been answered. Reads are `debug`, the rest is `info`. */
export function addAccessLog(fastify: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    const quiet = request.method === 'GET' || reply.quiet === true;
    const level = quiet && reply.statusCode < 400 ? 'debug' : 'info';
    if (logger.isLevelEnabled(level)) {
      logger[level](
        {
          requestId: request.id,
          method: request.method,
          path: loggedPath(request.url),
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
          ip: request.ip,
          principal: request.principal?.kind,
        },
        'request',
      );
    }
    done();
  });
}

declare module 'fastify' {
  interface FastifyReply {
    /** Set by routes whose successes are too frequent for the log, such as heartbeats. */
    quiet?: boolean;
  }
}
