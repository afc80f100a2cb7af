import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config';

/** Headers of every answer. An API needs few: nothing here is a page but /docs. */
const ALWAYS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** Swagger UI starts itself by an inline script and shows inline images. */
const DOCS_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

export function addSecurityHeaders(fastify: FastifyInstance, config: Config): void {
  const api = { ...ALWAYS, 'content-security-policy': API_POLICY };
  const docs = { ...ALWAYS, 'content-security-policy': DOCS_POLICY };
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith('/docs') ? docs : api);
    if (config.HSTS) reply.header('strict-transport-security', 'max-age=31536000');
    reply.header('x-request-id', request.id);
    done();
  });
}
