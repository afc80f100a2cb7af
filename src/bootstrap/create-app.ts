import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule, Environment } from '../app.module';
import { serviceInfo } from '../config';
import { randomHex } from '../platform/crypto';
import {
  acceptOnlyJson,
  acceptStreams,
  addAccessLog,
  addSecurityHeaders,
  buildOpenApi,
  ErrorResponder,
  invalidInput,
  refuseUnparsed,
  RouteTable,
  securityHeaders,
  SilentConnections,
  suppliedRequestId,
} from '../platform/http';
import { NestLogger } from '../platform/logging';

/** Longest a client may take to send a whole request, and an idle connection may stay open. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;
const SWEEP_EVERY_MS = 50;

type IncomingHeaders = { headers: Record<string, string | string[] | undefined> };

/** The caller's own request id where it is harmless, else a new one: random start, then counted. */
function requestIds(): (request: IncomingHeaders) => string {
  const prefix = randomHex(5);
  let count = 0;
  return ({ headers }) =>
    suppliedRequestId(headers['x-request-id']) ??
    `${prefix}${(count++).toString(36).padStart(6, '0')}`;
}

/**
 * The whole server, assembled and initialised but not listening. main, tests and tools use this
 * one way, so what is tested is what runs.
 */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  const { config, logger } = environment;
  const nextId = requestIds();
  const adapter = new FastifyAdapter({
    bodyLimit: config.BODY_LIMIT_BYTES,
    trustProxy: config.TRUSTED_PROXIES.length > 0 ? [...config.TRUSTED_PROXIES] : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    return503OnClosing: false,
    logger: false,
    genReqId: nextId,
    clientErrorHandler: (error, socket) => refuseUnparsed(error, socket, nextId({ headers: {} })),
    // An undecodable path or an endless parameter: refused by the router, before any hook.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      securityHeaders(config)(request, reply);
      const problem = { field: 'path', message: 'must be a URL path of this API' };
      app.get(ErrorResponder).respond(invalidInput([problem]), request, reply);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(environment),
    adapter,
    { logger: new NestLogger(logger), abortOnError: false, bodyParser: false },
  );
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = app.get(RouteTable);
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.add(one, url);
  });
  acceptOnlyJson(fastify);
  acceptStreams(fastify);
  addSecurityHeaders(fastify, config);
  addAccessLog(fastify, logger);
  SwaggerModule.setup('docs', app, () => buildOpenApi(app, serviceInfo().version), {
    customSiteTitle: 'Latchkey API',
  });
  await app.init();
  app.get(SilentConnections).watch(app.getHttpServer());
  return app;
}

/**
 * Closes when the last answer is out. A connection that is kept alive after it, or was opened ahead of need, would hold
 * the close up for as long as the client likes, so those are ended again and again meanwhile.
 */
export async function closeApp(app: NestFastifyApplication): Promise<void> {
  const http = app.getHttpServer();
  const silent = app.get(SilentConnections);
  const sweep = setInterval(() => {
    http.closeIdleConnections();
    silent.close();
  }, SWEEP_EVERY_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}
