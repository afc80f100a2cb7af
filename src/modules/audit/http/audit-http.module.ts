import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller';
import { EventsController } from './events.controller';

@Module({ controllers: [AuditController, EventsController] })
export class AuditHttpModule {}
