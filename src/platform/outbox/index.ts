export { Outbox } from './outbox';
export type { DomainEvent } from './outbox';
/** Every event, with what it carries. */
export { EVENT_TYPES, eventDefinition, EVENTS } from './event-catalogue';
export type { EventDefinition, EventField, EventSeverity, EventType } from './event-catalogue';
/** Wakes whoever works on the outbox. */
export { OutboxBell } from './outbox-bell';
export { OutboxModule } from './outbox.module';
export { EventSequenceEntity } from './entities/event-sequence.entity';
export { OutboxEventEntity } from './entities/outbox-event.entity';
