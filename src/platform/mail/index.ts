export { MailEntity } from './entities/mail.entity';
export { MailModule } from './mail.module';
