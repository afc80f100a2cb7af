import {
  BoolField,
  EnumField,
  EnumListField,
  InstantField,
  PageQuery,
  TextField,
} from '../../../../platform/http';
import { TARGET_URL_MAX } from '../../../../platform/outbound';
import { EVENT_TYPES } from '../../../../platform/outbox';
import { DELIVERY_STATUSES, DeliveryStatus } from '../../domain/delivery';
import {
  ANY_EVENT,
  Ordering,
  ORDERINGS,
  WEBHOOK_FORMATS,
  WebhookFormat,
} from '../../domain/webhook';

const URL_FIELD = {
  max: TARGET_URL_MAX,
  format: 'uri',
  example: 'https://hooks.example/latchkey',
  description:
    'http or https, a public address, one of the ports that this server may reach; names are looked up again for every connection',
} as const;
const EVENTS = {
  example: ['user.login', 'license.activate'],
  description: `Events to hear of; \`${ANY_EVENT}\` for all, those of later versions included`,
} as const;
const FORMAT = {
  optional: true,
  example: 'envelope',
  description:
    'Shape of the bodies: `envelope` is `{event,timestamp,sequence,data}`, `json` a flat record, `discord` a message for Discord. When absent: `discord` for an address of Discord, else `envelope`',
} as const;
const ORDERING = {
  optional: true,
  example: 'none',
  description:
    '`strict`: one after the other in the order of `sequence`; one that fails holds up what follows until it is delivered or given up',
} as const;
const CHOICES = [...EVENT_TYPES, ANY_EVENT];

export class CreateWebhookDto {
  @TextField(URL_FIELD)
  url: string;

  @EnumListField(CHOICES, EVENTS)
  events: string[];

  @EnumField(WEBHOOK_FORMATS, FORMAT)
  format?: WebhookFormat;

  @EnumField(ORDERINGS, ORDERING)
  ordering?: Ordering;
}

export class ChangeWebhookDto {
  @TextField({ ...URL_FIELD, optional: true })
  url?: string;

  @EnumListField(CHOICES, { ...EVENTS, optional: true })
  events?: string[];

  @EnumField(WEBHOOK_FORMATS, FORMAT)
  format?: WebhookFormat;

  @EnumField(ORDERINGS, ORDERING)
  ordering?: Ordering;

  @BoolField({
    optional: true,
    example: true,
    description: 'Off, or on again; on again, the endpoint is pinged and verified anew',
  })
  enabled?: boolean;
}

export class ListDeliveriesQuery extends PageQuery {
  @EnumField(DELIVERY_STATUSES, { optional: true, example: 'FAILED' })
  status?: DeliveryStatus;
}

export class ReplaySinceDto {
  @InstantField({
    example: '2026-01-01T00:00:00.000Z',
    description: 'Events are kept for 30 days',
  })
  since: string;

  @BoolField({
    optional: true,
    example: false,
    description: 'Also what was delivered already; false when absent',
  })
  delivered?: boolean;
}
