import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { ClientLogsRepository } from './client-logs.repository';
import { ClientLogs } from './client-logs.service';
import { LOG_KEEP_DAYS, LOGS_MAX_PER_APP } from './domain/client-logs';

const BATCH = 20_000;

@Module({ providers: [ClientLogs, ClientLogsRepository], exports: [ClientLogs] })
export class ClientLogsModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly logs: ClientLogsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'forget old client logs',
      everySeconds: 60,
      run: async () =>
        (await this.logs.deleteOlderThan(LOG_KEEP_DAYS, BATCH)) +
        (await this.logs.deleteBeyond(LOGS_MAX_PER_APP, BATCH)),
    });
  }
}
