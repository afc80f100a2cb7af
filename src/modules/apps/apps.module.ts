import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { PlansModule } from '../plans';
import { AppCounters } from './app-counters';
import { AppCountsRepository } from './app-counts.repository';
import { AppsRepository } from './apps.repository';
import { AppsService } from './apps.service';
import { ClientApps } from './client-apps';

@Module({
  imports: [PlansModule],
  providers: [AppCounters, AppCountsRepository, AppsRepository, AppsService, ClientApps],
  exports: [AppCounters, AppsService, ClientApps],
})
export class AppsModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly counts: AppCountsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'add up counts',
      everySeconds: 30,
      run: () => this.counts.addUp(),
    });
  }
}
