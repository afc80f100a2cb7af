import { Inject, Module, OnModuleInit } from '@nestjs/common';
import type { Config } from '../../config';
import { BackgroundJobs } from '../../platform/background';
import { CONFIG } from '../../platform/config-token';
import { AttemptLog } from './attempt-log';
import { AttemptQueue } from './attempt-queue';
import { AttemptsRepository } from './attempts.repository';

/** Days whose partitions are made before they begin. */
const DAYS_AHEAD = 3;

@Module({ providers: [AttemptLog, AttemptQueue, AttemptsRepository], exports: [AttemptLog] })
export class AttemptsModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly attempts: AttemptsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'keep days of attempts',
      everySeconds: 3_600,
      atStart: true,
      run: () => this.attempts.keepDays(this.config.ATTEMPTS_KEEP_DAYS, DAYS_AHEAD),
    });
  }
}
