import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { BlacklistAttempts } from './blacklist-attempts';
import { BlacklistScreen } from './blacklist-screen';
import { BlacklistRepository } from './blacklist.repository';
import { BlacklistService } from './blacklist.service';

/** Days that an expired entry stays on record. */
const KEEP_EXPIRED_DAYS = 30;

@Module({
  providers: [BlacklistAttempts, BlacklistRepository, BlacklistScreen, BlacklistService],
  exports: [BlacklistAttempts, BlacklistScreen, BlacklistService],
})
export class BlacklistModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly entries: BlacklistRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'forget expired blacklist entries',
      everySeconds: 3_600,
      run: () => this.entries.deleteExpired(KEEP_EXPIRED_DAYS),
    });
  }
}
