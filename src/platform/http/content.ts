import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { defineErrors } from '../../kernel';
import type { ByteRange } from '../crypto';
import { demandPace, takePlace } from './readers';

export const ContentErrors = defineErrors('http', {
  RANGE_NOT_SATISFIABLE: {
    class: 'unsatisfiable',
    message: 'The file has no such range of bytes',
    log: 'info',
    help: '`Range` asks for bytes behind the end of the file. `Content-Range` names its size.',
  },
});

/** A file on its way out. */
export interface Content {
  readonly name: string;
  readonly size: number;
  /** Equal for equal bytes. */
  readonly digest: string;
  /** The bytes; a failure of the first of them is thrown before any is sent. */
  read(range: ByteRange): Promise<AsyncIterable<Buffer>>;
}

/** Bytes read ahead of a client that takes its time. */
const AHEAD_BYTES = 262_144;
/** A client that takes nothing for so long loses the connection: it holds a file open. */
const STALL_MS = 60_000;

/**
 * Answers with a file (RFC 9110): the whole or one `Range` of it, nothing but its headers on HEAD,
 * 304 when the client has it; on POST always the whole. Should it turn out to be damaged half-way the connection is cut, never
 * ended as if all were well.
 * @throws RANGE_NOT_SATISFIABLE, RATE_LIMITED when the client has many downloads open, and whatever reading throws before the first byte
 */
export async function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  content: Content,
): Promise<FastifyReply> {
  const { size, digest, name } = content;
  const etag = `"${digest}"`;
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': disposition(name),
    'accept-ranges': 'bytes',
    etag,
  };
  const reads = request.method !== 'POST';
  if (reads && names(request.headers['if-none-match'], etag)) {
    return reply.code(304).headers(headers).send();
  }
  if (request.method === 'HEAD') {
    return reply.headers({ ...headers, 'content-length': size }).send(Readable.from([]));
  }
  const range = reads ? rangeOf(request, size, etag) : null;
  if (range === 'unsatisfiable') {
    void reply.header('content-range', `bytes */${size}`);
    throw ContentErrors.RANGE_NOT_SATISFIABLE();
  }
  const { start, end } = range ?? { start: 0, end: size };
  takePlace(request, reply);
  const bytes = Readable.from(await content.read({ start, end }), {
    objectMode: false,
    highWaterMark: AHEAD_BYTES,
  });
  request.raw.socket.setTimeout?.(STALL_MS);
  demandPace(request, reply);
  void reply.headers({ ...headers, 'content-length': end - start });
  if (range) void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`);
  return reply.send(bytes);
}

/** The one range asked for; null for the whole: also when several are, or the file has changed. */
function rangeOf(
  { headers }: FastifyRequest,
  size: number,
  etag: string,
): ByteRange | 'unsatisfiable' | null {
  const ifRange = headers['if-range'];
  if (ifRange !== undefined && ifRange !== etag) return null;
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(headers.range?.trim() ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '')) return null;
  const [from, to] = [asked[1]!, asked[2]!];
  if (from === '') {
    const start = Math.max(0, size - Number(to));
    return start < size ? { start, end: size } : 'unsatisfiable';
  }
  const start = Number(from);
  if (to !== '' && Number(to) < start) return null;
  if (start >= size) return 'unsatisfiable';
  return { start, end: to === '' ? size : Math.min(size, Number(to) + 1) };
}

function names(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim())) ?? false;
}

/**
 * `Content-Disposition` of a download (RFC 6266): the name in ASCII for old clients, and whole
 * (RFC 8187) where that is not all of it.
 */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\/%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const whole = plain === name ? '' : `; filename*=UTF-8''${encoded}`;
  return `attachment; filename="${plain}"${whole}`;
}
