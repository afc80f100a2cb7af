import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { Heartbeats } from './heartbeats';
import { SessionJwts } from './session-jwts';
import { SessionsRepository } from './sessions.repository';
import { SessionsService } from './sessions.service';

/** Days that an ended session stays on record. */
const KEEP_ENDED_DAYS = 30;

@Module({
  providers: [Heartbeats, SessionJwts, SessionsRepository, SessionsService],
  exports: [Heartbeats, SessionsService],
})
export class SessionsModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly sessions: SessionsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'forget old sessions',
      everySeconds: 300,
      run: async () =>
        (await this.sessions.endSilent()) + (await this.sessions.deleteOlderThan(KEEP_ENDED_DAYS)),
    });
  }
}
