import { createParamDecorator, ExecutionContext, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { invalidInput } from './validation';

/** Milliseconds after which a client that lost the stream asks again. */
const RETRY_MS = 3_000;
/** A listener that takes nothing for so long is gone. */
const STALLED_MS = 30_000;
const EVENT_ID = /^\d{1,15}$/;

/** An event of a stream: its id, with which a client continues, and what it says. */
export interface StreamedEvent {
  readonly id: string;
  readonly data: object;
}

/** Parameter of a controller method: the number in `Last-Event-ID`; null without the header. */
export const LastEventId = createParamDecorator(
  (_: unknown, context: ExecutionContext): number | null => {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const id = headers['last-event-id'];
    if (id === undefined || id === '') return null;
    if (typeof id === 'string' && EVENT_ID.test(id)) return Number(id);
    throw invalidInput([{ field: 'Last-Event-ID', message: 'must be the id of an event' }]);
  },
);

/** Parameter of a controller method that answers with server-sent events. */
export const Streaming = createParamDecorator(
  (_: unknown, context: ExecutionContext): EventStream =>
    new EventStream(context.switchToHttp().getResponse<FastifyReply>()),
);

/** Server-sent events (WHATWG HTML, 9.2) as the answer of a controller method. */
export class EventStream {
  private readonly gone = new AbortController();

  constructor({ raw }: Pick<FastifyReply, 'raw'>) {
    // The connection ends with the stream: left open and idle, it would keep a server from stopping.
    raw.setHeader('connection', 'close');
    raw.once('close', () => this.gone.abort());
    // Who hung up before this, while the guards were at it, is gone without another word.
    if (raw.destroyed) this.gone.abort();
  }

  /** Aborted when nobody listens any more. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** Sends batches as they come; an empty one is a sign of life. Ends when they do. */
  answer(batches: AsyncIterable<readonly StreamedEvent[]>): StreamableFile {
    const stream = Readable.from(
      this.text(batches, () => stream.destroy()),
      {
        objectMode: false,
      },
    );
    stream.once('error', () => this.gone.abort());
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  private async *text(
    batches: AsyncIterable<readonly StreamedEvent[]>,
    stalled: () => void,
  ): AsyncGenerator<string> {
    yield `retry: ${RETRY_MS}\n\n`;
    for await (const batch of batches) {
      const timer = setTimeout(stalled, STALLED_MS);
      timer.unref();
      try {
        yield batch.length === 0 ? ':\n\n' : batch.map(eventText).join('');
      } finally {
        clearTimeout(timer);
      }
    }
  }
}

/** JSON holds no line break, so the data is one line. */
function eventText({ id, data }: StreamedEvent): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
