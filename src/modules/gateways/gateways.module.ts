import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { AttemptNotices } from './attempt-notices';
import { AttemptNoticesRepository } from './attempt-notices.repository';
import { Gateways } from './gateways.service';
import { GatewaysRepository } from './gateways.repository';

const SEND_EVERY_SECONDS = 2;

@Module({
  providers: [AttemptNotices, AttemptNoticesRepository, Gateways, GatewaysRepository],
  exports: [AttemptNotices, Gateways],
})
export class GatewaysModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly notices: AttemptNotices,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'tell log channels of attempts',
      everySeconds: SEND_EVERY_SECONDS,
      outsideTransaction: true,
      run: (stopping) => this.notices.sendDue(stopping),
    });
  }
}
