import { applyDecorators, createParamDecorator, ExecutionContext, Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CommonErrors } from '../../kernel';
import { monotonicMs } from '../clock';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body comes as a stream; set by `Streamed`. */
    streamed?: boolean;
  }
}

/** The type under which a streamed route's body is parsed, whatever the client called it. */
const STREAM = 'application/octet-stream';

/** What a client called the body of a streamed route. */
const sentTypes = new WeakMap<IncomingMessage, string>();

/** Sockets that may take longer for a request than others: `Upload` watches over them itself. */
const uploading = new WeakSet<Socket>();

/** Marks a route whose body comes as a stream of bytes, of any content type; see `UploadedFile`. */
export function Streamed(description: string): MethodDecorator {
  return applyDecorators(
    RouteConfig({ streamed: true }),
    ApiConsumes(STREAM),
    ApiBody({ description, schema: { type: 'string', format: 'binary', maxLength: 2 ** 40 } }),
  );
}

/** The same for a form with a file in it (`multipart/form-data`); see `formParts`. */
export function StreamedForm(form: Type<unknown>): MethodDecorator {
  return applyDecorators(
    RouteConfig({ streamed: true }),
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: form }),
  );
}

/** Parameter of a streamed route: the file that the client sends. */
export const UploadedFile = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return new Upload(request.body === undefined ? null : request.raw, sentTypes.get(request.raw));
});

/** Hands the bodies of streamed routes over unread. No other route notices. */
export function acceptStreams(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (!route.config?.streamed) return;
    route.onRequest = (request, _reply, done) => {
      sentTypes.set(request.raw, request.raw.headers['content-type'] ?? STREAM);
      request.raw.headers['content-type'] = STREAM;
      done();
    };
  });
  fastify.addContentTypeParser(STREAM, (request, payload, done) => {
    if (request.routeOptions.config.streamed) done(null, payload);
    else done(CommonErrors.UNSUPPORTED_MEDIA_TYPE());
  });
}

/** Whether a request that takes too long is an upload under way, which has time limits of its own. */
export function isUploading(socket: Socket): boolean {
  return uploading.has(socket);
}

export interface UploadLimits {
  readonly bytes: number;
  /** Longest the client may send nothing while it is listened to. */
  readonly stallMs?: number;
  /** Longest the whole may take. */
  readonly totalMs?: number;
}

const STALL_MS = 30_000;
const TOTAL_MS = 30 * 60_000;
/** What a client still sends after the reading ended is thrown away for so long, and so far, so that it hears the answer. */
const DRAIN_MS = 10_000;
const DRAIN_BYTES = 64 * 1_024 * 1_024;

/** A file on its way in: read once, no faster than it is used. */
export class Upload {
  constructor(
    private readonly request: IncomingMessage | null,
    /** What the client called it. */
    readonly contentType: string = STREAM,
  ) {}

  /** Bytes that the client said it sends; null when it did not say, as when it sends in chunks. */
  get declaredBytes(): number | null {
    const { request } = this;
    if (!request) return 0;
    const declared = request.headers['content-length'];
    return declared === undefined ? null : Number(declared);
  }

  /**
   * The bytes as they come.
   * @throws PAYLOAD_TOO_LARGE beyond `bytes`; MALFORMED_REQUEST when the client stalls or goes away
   */
  async *read({
    bytes,
    stallMs = STALL_MS,
    totalMs = TOTAL_MS,
  }: UploadLimits): AsyncGenerator<Buffer> {
    const { request } = this;
    if (!request) return;
    if ((this.declaredBytes ?? 0) > bytes) throw tooLarge(bytes);
    const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>;
    const end = monotonicMs() + totalMs;
    uploading.add(request.socket);
    try {
      for (let received = 0; ;) {
        const next = await within(request, chunks, Math.min(stallMs, end - monotonicMs()));
        if (next === null) return;
        received += next.length;
        if (received > bytes) throw tooLarge(bytes);
        yield next;
      }
    } finally {
      uploading.delete(request.socket);
      await chunks.return?.().catch(() => undefined);
      drain(request);
    }
  }
}

function tooLarge(bytes: number) {
  return CommonErrors.PAYLOAD_TOO_LARGE({ message: `The file is larger than ${bytes} bytes` });
}

/** The next chunk, null at the end; a client that sends none in time loses the connection. */
async function within(
  request: IncomingMessage,
  chunks: AsyncIterator<Buffer, undefined>,
  ms: number,
): Promise<Buffer | null> {
  const timer = setTimeout(() => request.destroy(), Math.max(ms, 0));
  try {
    const { done, value } = await chunks.next();
    return done ? null : value;
  } catch (cause) {
    throw CommonErrors.MALFORMED_REQUEST({ internal: 'the upload was not completed', cause });
  } finally {
    clearTimeout(timer);
  }
}

function drain(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  timer.unref();
  const calm = () => clearTimeout(timer);
  let left = DRAIN_BYTES;
  request.once('end', calm).once('close', calm).on('error', calm);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.resume();
}
