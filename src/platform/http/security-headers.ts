import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config';

/**
 * Headers of every answer. Few, for most answers are a few hundred bytes of JSON to a program; the
 * policy also forbids framing, so nothing else has to.
 */
const API: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The API page is the one answer that a browser shows. Swagger UI starts by an inline script. */
const DOCS: Readonly<Record<string, string>> = {
  ...API,
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** Puts the headers on one answer. */
export function securityHeaders(
  config: Config,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const always = config.HSTS ? { 'strict-transport-security': 'max-age=31536000' } : {};
  const api = { ...API, ...always };
  const docs = { ...DOCS, ...always };
  return (request, reply) => {
    void reply.headers(request.url.startsWith('/docs') ? docs : api);
    void reply.header('x-request-id', request.id);
  };
}

/** Puts the headers on every answer to a request that comes as far as the router. */
export function addSecurityHeaders(fastify: FastifyInstance, config: Config): void {
  const protect = securityHeaders(config);
  fastify.addHook('onRequest', (request, reply, done) => {
    protect(request, reply);
    done();
  });
}
