import { Inject, Module, OnModuleInit } from '@nestjs/common';
import type { Config } from '../../config';
import { BackgroundJob, BackgroundJobs } from '../../platform/background';
import { CONFIG } from '../../platform/config-token';
import { OutboxBell } from '../../platform/outbox';
import { DeliveriesRepository } from './deliveries.repository';
import { DeliveryAttempts } from './delivery-attempts';
import { DeliveryRecorder } from './delivery-recorder';
import { FanOut } from './fan-out';
import { FanOutRepository } from './fan-out.repository';
import { LanesRepository } from './lanes.repository';
import { WebhookAdmission } from './webhook-admission';
import { WebhookBooks } from './webhook-books';
import { WebhookCleaning } from './webhook-cleaning';
import { WebhookLane } from './webhook-lane';
import { WebhookLog } from './webhook-log.service';
import { WebhookPing } from './webhook-ping';
import { WebhookSender } from './webhook-sender';
import { WebhookSwitch } from './webhook-switch';
import { WebhookWorker } from './webhook-worker';
import { WebhooksRepository } from './webhooks.repository';
import { WebhooksService } from './webhooks.service';

@Module({
  providers: [
    DeliveriesRepository,
    DeliveryAttempts,
    DeliveryRecorder,
    FanOut,
    FanOutRepository,
    LanesRepository,
    WebhookAdmission,
    WebhookBooks,
    WebhookCleaning,
    WebhookLane,
    WebhookLog,
    WebhookPing,
    WebhookSender,
    WebhooksRepository,
    WebhooksService,
    WebhookSwitch,
    WebhookWorker,
  ],
  exports: [WebhookLog, WebhookPing, WebhooksService],
})
export class WebhooksModule implements OnModuleInit {
  private rung = false;
  private dispatchingNow = false;

  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly bell: OutboxBell,
    private readonly fanOut: FanOut,
    private readonly worker: WebhookWorker,
    private readonly cleaning: WebhookCleaning,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.add(this.dispatching);
    this.jobs.add(this.delivering);
    const often = { everySeconds: 10, outsideTransaction: true } as const;
    this.jobs.add({
      ...often,
      name: 'forget old events',
      run: (stopping) => this.cleaning.forgetOldEvents(stopping),
    });
    this.jobs.add({
      ...often,
      name: 'forget deleted webhooks',
      run: (stopping) => this.cleaning.forgetDeleted(stopping),
    });
    if (this.config.BACKGROUND_JOBS) this.bell.onRing(() => void this.dispatch());
  }

  /** Both look every second by themselves, should the bell not be heard. */
  private readonly dispatching: BackgroundJob = {
    name: 'fan out events',
    everySeconds: 1,
    outsideTransaction: true,
    run: async (stopping) => {
      if ((await this.fanOut.run(stopping)) > 0) this.deliver();
      return 0;
    },
  };

  private readonly delivering: BackgroundJob = {
    name: 'deliver webhooks',
    everySeconds: 1,
    outsideTransaction: true,
    run: async (stopping) => {
      await this.worker.work(stopping);
      return 0;
    },
  };

  /** What rings during a round is taken up by another one. */
  private async dispatch(): Promise<void> {
    this.deliver();
    this.rung = true;
    if (this.dispatchingNow) return;
    this.dispatchingNow = true;
    while (this.rung) {
      this.rung = false;
      await this.jobs.round(this.dispatching);
    }
    this.dispatchingNow = false;
  }

  private deliver(): void {
    this.worker.wake();
    void this.jobs.round(this.delivering);
  }
}
