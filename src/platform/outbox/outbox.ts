import { Injectable } from '@nestjs/common';
import { newId } from '../crypto';
import { Transactions } from '../database';

/** A thing that happened, to be told to whoever subscribed. */
export interface DomainEvent {
  readonly type: EventType;
  readonly appId: string;
  /** What subscribers receive as `data`; holds no secret. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The documented event names [seed 000, 001], two warnings and `file.published` of ours. */
export type EventType =
  | 'user.login'
  | 'user.register'
  | 'user.ban'
  | 'license.activate'
  | 'license.expire'
  | 'license.delete'
  | 'license.shared_suspected'
  | 'license.guessing_suspected'
  | 'session.create'
  | 'file.published'
  | 'file.download';

/**
 * The transactional outbox: an event exists if and only if the change that caused it committed.
 * Delivery is another part's work; it reads the table.
 */
@Injectable()
export class Outbox {
  constructor(private readonly transactions: Transactions) {}

  /** Writes the event with the commit of the open transaction. */
  emit(event: DomainEvent): void {
    this.transactions.defer(
      (bind) =>
        `INSERT INTO outbox_events (id, app_id, type, data) VALUES (${bind(newId())}, ${bind(event.appId)}, ${bind(event.type)}, ${bind(JSON.stringify(event.data))})`,
    );
  }
}
