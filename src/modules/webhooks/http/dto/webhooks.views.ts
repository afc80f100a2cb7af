import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { DELIVERY_STATUSES } from '../../domain/delivery';
import { ORDERINGS, STATUS_REASONS, WEBHOOK_FORMATS, WEBHOOK_STATUSES } from '../../domain/webhook';

export class WebhookView {
  @ApiProperty({ example: 'wh_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'https://hooks.example/latchkey' })
  url: string;

  @ApiProperty({ type: [String], example: ['user.login', 'license.activate'] })
  events: string[];

  @ApiProperty({ enum: WEBHOOK_FORMATS, example: 'envelope' })
  format: string;

  @ApiProperty({ enum: ORDERINGS, example: 'none' })
  ordering: string;

  @ApiProperty({
    enum: WEBHOOK_STATUSES,
    example: 'ACTIVE',
    description: 'Events flow only while it is `ACTIVE`: its test ping was answered 2xx',
  })
  status: string;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...STATUS_REASONS, null],
    description:
      'Why it is off; `unverified` while it is `PENDING`: its last test ping was not answered 2xx, and others follow',
  })
  statusReason: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when no delivery succeeded; after five days it is switched off',
  })
  failingSince: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when it is left alone, for it asked to be, or did not answer in time',
  })
  pausedUntil: string | null;

  @ApiProperty({
    example: 'whpk_3/1qVpXcFtMdYq2Wb3M1M0rj0p7c1n4bqYxO2u8sJ7M=',
    description:
      'Ed25519 key by which anybody verifies the `v1a` signatures of this application’s messages',
  })
  publicKey: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

@ApiSchema({ name: 'WebhookWithSecretView' })
export class WebhookWithSecretView extends WebhookView {
  @ApiProperty({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8v1kq7zT1zg=',
    description: 'Signs the messages; shown this once',
  })
  secret: string;
}

export class PingView {
  @ApiProperty({ type: 'integer', example: 200, description: '0 when no answer came' })
  statusCode: number;

  @ApiProperty({ example: true, description: 'Whether the status is 2xx' })
  ok: boolean;

  @ApiProperty({ type: 'integer', example: 142 })
  durationMs: number;
}

export class PastAttemptView {
  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ type: 'integer', example: 503, description: '0 when no answer came' })
  statusCode: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'Why no answer came: `refused-target`, `name-not-found`, `unreachable`, `tls`, `timeout` or `broken-answer`',
  })
  failure: string | null;

  @ApiProperty({ type: 'integer', example: 87 })
  durationMs: number;
}

export class DeliveryView {
  @ApiProperty({ example: 'whd_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({
    example: 'evt_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
    description: '`webhook-id` of every try',
  })
  eventId: string;

  @ApiProperty({ example: 'user.login' })
  event: string;

  @ApiProperty({
    type: 'integer',
    description: 'The event’s number in its application',
    example: 7,
  })
  sequence: number;

  @ApiProperty({ format: 'date-time', description: 'When it happened' })
  occurredAt: string;

  @ApiProperty({ enum: DELIVERY_STATUSES, example: 'DELIVERED' })
  status: string;

  @ApiProperty({ type: 'integer', description: 'Of ten', example: 1 })
  attempts: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  nextAttemptAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastAttemptAt: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 200 })
  statusCode: number | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  failure: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 87 })
  durationMs: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The beginning of the last answer, at most 2 KiB; text of a stranger',
    example: 'ok',
  })
  response: string | null;

  @ApiProperty({ type: [PastAttemptView], description: 'The last tries, the oldest first' })
  history: PastAttemptView[];
}

export class ReplayedView {
  @ApiProperty({ type: 'integer', example: 42, description: 'Deliveries that were queued' })
  queued: number;

  @ApiProperty({
    example: false,
    description: 'Whether there may be more; at most 10,000 are queued at once, the oldest first',
  })
  more: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'The `since` of the call that goes on when there may be more',
  })
  next: string | null;
}
