import { Global, Module, OnModuleInit } from '@nestjs/common';
import type { Config } from '../../config';
import { BackgroundJobs } from '../background';
import { CONFIG } from '../config-token';
import { LOGGER, Logger } from '../logging';
import { MAIL_TRANSPORT, mailTransport } from './mail-transport';
import { Mailer } from './mailer';
import { MailsRepository } from './mails.repository';

@Global()
@Module({
  providers: [
    Mailer,
    MailsRepository,
    {
      provide: MAIL_TRANSPORT,
      inject: [CONFIG, LOGGER],
      useFactory: (config: Config, logger: Logger) => mailTransport(config, logger),
    },
  ],
  exports: [Mailer],
})
export class MailModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'send mails',
      everySeconds: 2,
      outsideTransaction: true,
      run: (stopping) => this.mailer.sendDue(stopping),
    });
  }
}
