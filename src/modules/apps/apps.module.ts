import { Module } from '@nestjs/common';
import { AppCounters } from './app-counters';
import { AppsRepository } from './apps.repository';
import { AppsService } from './apps.service';
import { ClientApps } from './client-apps';

@Module({
  providers: [AppCounters, AppsRepository, AppsService, ClientApps],
  exports: [AppCounters, AppsService, ClientApps],
})
export class AppsModule {}
