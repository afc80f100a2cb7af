import multipart from '@fastify/multipart';
import { Readable } from 'node:stream';
import { CommonErrors, DomainError } from '../../kernel';
import { invalidInput } from './validation';
import type { Upload, UploadLimits } from './upload';

/** A part of a form: a field with its text, or a file with its bytes, which must be read to the end. */
export type FormPart =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly filename: string | null;
      readonly bytes: AsyncIterable<Buffer>;
    };

const FIELDS_MAX = 20;
const FIELD_BYTES = 8_192;
/** What names, borders and fields may add to the file. */
const OVERHEAD_BYTES = 262_144;

interface RawPart {
  readonly type: 'field' | 'file';
  readonly fieldname: string;
  readonly value?: unknown;
  readonly valueTruncated?: boolean;
  readonly filename?: string;
  readonly file?: Readable & { readonly truncated: boolean };
}

type Parser = (form: object, payload: unknown, done: () => void) => void;
type PartsOf = (this: object, options: object) => AsyncIterable<RawPart, undefined>;

/**
 * The parser of @fastify/multipart, taken out of its plugin: that would look at every request of
 * the server, heartbeats included, for the sake of one route.
 */
const library = takenApart();

/**
 * The parts of an uploaded form, in the order they come: no more than one file and a few fields.
 * @throws UNSUPPORTED_MEDIA_TYPE, INVALID_INPUT, PAYLOAD_TOO_LARGE beyond `bytes` of file,
 * MALFORMED_REQUEST when the client stalls or goes away
 */
export async function* formParts(upload: Upload, limits: UploadLimits): AsyncGenerator<FormPart> {
  if (!/^multipart\/form-data\s*;/i.test(upload.contentType)) {
    throw CommonErrors.UNSUPPORTED_MEDIA_TYPE({ message: 'Send the body as multipart/form-data' });
  }
  const bytes = upload.read({ ...limits, bytes: limits.bytes + OVERHEAD_BYTES });
  const source = Object.assign(Readable.from(bytes, { objectMode: false }), {
    headers: { 'content-type': upload.contentType },
  });
  const failed = new Promise<never>((_, reject) => source.once('error', reject));
  failed.catch(() => undefined);
  const parts = library.partsOf(source, {
    fields: FIELDS_MAX,
    fieldSize: FIELD_BYTES,
    fieldNameSize: 100,
    files: 1,
    parts: FIELDS_MAX + 1,
    headerPairs: 20,
    fileSize: limits.bytes,
  });
  const iterator = parts[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done) return;
      yield partOf(next.value, limits.bytes, failed);
    }
  } catch (error) {
    throw formError(error);
  } finally {
    source.destroy();
  }
}

function partOf(part: RawPart, limit: number, failed: Promise<never>): FormPart {
  const { fieldname: name, file, filename, value, valueTruncated } = part;
  if (file) {
    return { kind: 'file', name, filename: filename ?? null, bytes: whole(file, limit, failed) };
  }
  if (valueTruncated || typeof value !== 'string') {
    throw invalidInput([
      { field: name, message: `must be a text of at most ${FIELD_BYTES} bytes` },
    ]);
  }
  return { kind: 'field', name, value };
}

/** The bytes of a file: the library cuts off what is too large, and says so afterwards. */
async function* whole(
  file: Readable & { readonly truncated: boolean },
  limit: number,
  failed: Promise<never>,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file) yield chunk as Buffer;
  } catch (error) {
    // What went wrong with the request itself says more than that its form broke off.
    const first = Promise.race([failed, Promise.resolve(error)]);
    throw formError(await first.catch((cause: unknown) => cause));
  }
  if (file.truncated) {
    throw CommonErrors.PAYLOAD_TOO_LARGE({ message: `The file is larger than ${limit} bytes` });
  }
}

const TOO_MUCH = new Set(['FST_PARTS_LIMIT', 'FST_FILES_LIMIT', 'FST_FIELDS_LIMIT']);

function formError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { code = '' } = error as { code?: string };
  const message = TOO_MUCH.has(code)
    ? `must hold one file and at most ${FIELDS_MAX} fields`
    : 'must be a complete multipart/form-data form';
  return invalidInput([{ field: 'body', message }]);
}

function takenApart() {
  const decorations: Record<PropertyKey, unknown> = {};
  let mark: Parser | undefined;
  const nothing = () => undefined;
  const host = {
    initialConfig: { bodyLimit: 0 },
    hasRequestDecorator: () => true,
    decorate: nothing,
    addHook: nothing,
    addContentTypeParser: (_type: string, parser: Parser) => (mark = parser),
    decorateRequest: (name: PropertyKey, value: unknown) => (decorations[name] = value),
  };
  const plugin = multipart as unknown as (on: object, options: object, done: () => void) => void;
  plugin(host, { throwFileSizeLimit: false }, nothing);
  return {
    partsOf: (raw: Readable, limits: object): AsyncIterable<RawPart, undefined> => {
      const form = { ...decorations, raw, log: { debug: nothing, trace: nothing } };
      mark!(form, null, nothing);
      return (decorations['parts'] as PartsOf).call(form, { limits });
    },
  };
}
