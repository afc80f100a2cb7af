export { MailEntity } from './entities/mail.entity';
export { MailModule } from './mail.module';
export type { Mail } from './mail-transport';
export { Mailer } from './mailer';
