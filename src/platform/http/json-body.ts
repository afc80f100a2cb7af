import type { FastifyInstance } from 'fastify';

/**
 * Bodies are JSON; any other type answers 415. An empty body is no body: the fields it lacks are
 * then named, which says more than «not JSON». `__proto__` and `constructor` as keys are refused.
 */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    (request, body: string, done) => {
      if (body.length === 0) done(null, undefined);
      else void parse(request, body, done);
    },
  );
}
