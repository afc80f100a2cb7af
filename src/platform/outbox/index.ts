export { Outbox } from './outbox';
export type { DomainEvent, EventType } from './outbox';
export { OutboxModule } from './outbox.module';
export { OutboxEventEntity } from './entities/outbox-event.entity';
