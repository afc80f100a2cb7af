import { Injectable } from '@nestjs/common';
import { newId } from '../crypto';
import { Transactions } from '../database';
import type { EventType } from './event-catalogue';
import { OutboxBell } from './outbox-bell';

/** A thing that happened, to be told to whoever subscribed. */
export interface DomainEvent {
  readonly type: EventType;
  readonly appId: string;
  /** What subscribers receive as `data`; holds no secret. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The transactional outbox: an event exists if and only if the change that caused it committed.
 * Delivery is another part's work; it reads the table.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly transactions: Transactions,
    private readonly bell: OutboxBell,
  ) {}

  /** Writes the event with the commit of the open transaction. */
  emit(event: DomainEvent): void {
    this.transactions.defer(
      (bind) =>
        `INSERT INTO outbox_events (id, app_id, type, data) VALUES (${bind(newId())}, ${bind(event.appId)}, ${bind(event.type)}, ${bind(JSON.stringify(event.data))})`,
    );
    this.bell.ringAfterCommit();
  }
}
