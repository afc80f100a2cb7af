import { ApiProperty, OmitType } from '@nestjs/swagger';
import { EnumField } from '../../../../platform/http';
import { actionsOf, RISKS, Risk } from '../../domain/audit-actions';
import type { RecordFilter } from '../../audit-reader.service';
import { PartyView } from './audit.views';
import { filterOf, RecordsQuery } from './records.query';

const RISK = {
  optional: true,
  description: 'How much the action could do in the wrong hands',
  example: 'high',
};

export class EventsQuery extends RecordsQuery {
  @EnumField(RISKS, RISK)
  risk?: Risk;
}

/** A stream has no pages and no times: it begins where the client left it. */
export class EventStreamQuery extends OmitType(EventsQuery, [
  'page',
  'limit',
  'cursor',
  'since',
  'until',
] as const) {}

export class EventView {
  @ApiProperty({
    example: 'aud_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
    description: 'Of its audit record',
  })
  id: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 4711,
    description: 'The id in the stream; null during the second until it has one',
  })
  sequence: number | null;

  @ApiProperty({ format: 'date-time' })
  time: string;

  @ApiProperty({ example: 'license.ban' })
  type: string;

  @ApiProperty({ example: 'Licence banned' })
  summary: string;

  @ApiProperty({ enum: RISKS })
  risk: Risk;

  @ApiProperty({ enum: ['info', 'warning', 'critical'], description: 'How it turned out' })
  severity: string;

  @ApiProperty({ description: '`granted`, or the code of the refusal', example: 'granted' })
  outcome: string;

  @ApiProperty({ type: PartyView })
  actor: PartyView;

  @ApiProperty({ type: PartyView })
  target: PartyView;

  @ApiProperty({ type: String, nullable: true, example: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c' })
  appId: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  ip: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'US', description: 'ISO 3166-1' })
  country: string | null;

  @ApiProperty({ example: '4f1c0a9e2b00001a' })
  requestId: string;
}

/** What is asked for, as the record is searched. */
export function eventFilterOf(query: Partial<EventsQuery>): RecordFilter {
  const { risk } = query;
  const filter = filterOf(query);
  return risk === undefined ? filter : { ...filter, actions: actionsOf(risk) };
}
