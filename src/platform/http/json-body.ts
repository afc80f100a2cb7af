import type { FastifyInstance } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { CommonErrors } from '../../kernel';
import { invalidInput } from './validation';

/** Deeper than any body of ours; what walks a value would run out of stack at a few thousand. */
const MAX_LEVELS = 32;

/**
 * Bodies are JSON in UTF-8; any other type answers 415, bytes that are not UTF-8 answer 400. An
 * empty body is no body: the fields it lacks are then named, which says more than «not JSON».
 * `__proto__` and `constructor` as keys are refused. Of a key that stands twice the last one
 * counts, and a byte order mark in front is ignored, as JSON.parse and most servers have it.
 */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request, bytes: Buffer, done) => {
      if (bytes.length === 0) return done(null, undefined);
      if (!isUtf8(bytes)) return done(CommonErrors.MALFORMED_JSON());
      void parse(request, bytes.toString(), (error, body) => {
        if (!error && deeperThan(MAX_LEVELS, body)) done(tooDeep());
        else done(error, body);
      });
    },
  );
}

/** Whether lists and objects stand in one another on more levels; looks no deeper itself. */
function deeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => deeperThan(levels - 1, item));
}

function tooDeep() {
  return invalidInput([
    { field: 'body', message: `must not be nested deeper than ${MAX_LEVELS} levels` },
  ]);
}
