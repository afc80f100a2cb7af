import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox';
import { OutboxBell } from './outbox-bell';

@Global()
@Module({ providers: [Outbox, OutboxBell], exports: [Outbox, OutboxBell] })
export class OutboxModule {}
