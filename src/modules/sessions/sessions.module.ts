import { Module } from '@nestjs/common';
import { Heartbeats } from './heartbeats';
import { SessionsRepository } from './sessions.repository';
import { SessionsService } from './sessions.service';

@Module({
  providers: [Heartbeats, SessionsRepository, SessionsService],
  exports: [Heartbeats, SessionsService],
})
export class SessionsModule {}
