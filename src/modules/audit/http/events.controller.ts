import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SellerCaller } from '../../../kernel';
import { Countries } from '../../../platform/geo';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  EventStream,
  LastEventId,
  okPage,
  StillAllowed,
  Streaming,
} from '../../../platform/http';
import { AuditReader, AuditRecord } from '../audit-reader.service';
import { AuditErrors } from '../domain/audit.errors';
import { EventFeed } from '../event-feed';
import * as example from './audit.examples';
import { presentEvent } from './audit.presenter';
import { eventFilterOf, EventsQuery, EventStreamQuery, EventView } from './dto/events.dto';

/** What happens in an account, for people who watch over it (D-A19). */
@ApiTags('Events')
@Access('seller', 'audit')
@Controller('v1/admin/events')
export class EventsController {
  constructor(
    private readonly audit: AuditReader,
    private readonly feed: EventFeed,
    private readonly countries: Countries,
  ) {}

  @Get()
  @Answers({
    summary: 'List what happened in your account, the newest first',
    description: 'Every line of the audit record, with its risk and a word about it.',
    data: EventView,
    list: 'page',
    example: example.eventListExample,
  })
  async list(@Query() query: EventsQuery, @Caller() { seller }: SellerCaller) {
    const page = await this.audit.list(seller.sellerId, eventFilterOf(query), query);
    return okPage(page, (record) => presentEvent(record, this.countries));
  }

  @Get('stream')
  @Header('x-accel-buffering', 'no')
  @ApiOperation({
    summary: 'The same as it happens: server-sent events',
    description:
      'Begins with what happens from now on, or behind the event that `Last-Event-ID` names: nothing is left out and nothing comes twice. `data` of each event is one of the list, `id` its sequence. A comment every five seconds is a sign of life. The stream ends when the token is revoked or expires; ask again with a new one. Five at a time.',
  })
  @ApiOkResponse({
    description: 'Events',
    content: {
      'text/event-stream': { schema: { type: 'string' }, example: example.streamExample },
    },
  })
  @ApiErrors(AuditErrors.EVENT_STREAMS_FULL)
  stream(
    @Query() query: EventStreamQuery,
    @Streaming() stream: EventStream,
    @LastEventId() after: number | null,
    @StillAllowed() mayListen: () => Promise<boolean>,
    @Caller() { seller }: SellerCaller,
  ): StreamableFile {
    const { signal } = stream;
    const filter = eventFilterOf(query);
    const { sellerId } = seller;
    return stream.answer(
      this.streamed(this.feed.follow({ sellerId, filter, after, mayListen, signal })),
    );
  }

  private async *streamed(batches: AsyncIterable<readonly AuditRecord[]>) {
    for await (const batch of batches) {
      yield batch.map((record) => ({
        id: String(record.seq),
        data: presentEvent(record, this.countries),
      }));
    }
  }
}
