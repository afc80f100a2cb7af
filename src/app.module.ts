import { DynamicModule, Module } from '@nestjs/common';
import type { Config } from './config';
import { AuthonDispatchModule } from './dialects/authon-dispatch/authon-dispatch.module';
import { AuthonRestModule } from './dialects/authon-rest/authon-rest.module';
import { HouseDialectModule } from './dialects/house/house.module';
import { TkiModule } from './dialects/tki/tki.module';
import { entities } from './entities';
import { AppUsersHttpModule } from './modules/app-users/http/app-users-http.module';
import { AppsHttpModule } from './modules/apps/http/apps-http.module';
import { AuditModule } from './modules/audit';
import { BlacklistHttpModule } from './modules/blacklist/http/blacklist-http.module';
import { BuilderHttpModule } from './modules/builder/http/builder-http.module';
import { ClientLogsHttpModule } from './modules/client-logs/http/client-logs-http.module';
import { GatewaysHttpModule } from './modules/gateways/http/gateways-http.module';
import { FilesHttpModule } from './modules/files/http/files-http.module';
import { LicensesHttpModule } from './modules/licenses/http/licenses-http.module';
import { PlansModule } from './modules/plans';
import { ReferralsHttpModule } from './modules/referrals/http/referrals-http.module';
import { ResellersHttpModule } from './modules/resellers/http/resellers-http.module';
import { SellersHttpModule } from './modules/sellers/http/sellers-http.module';
import { SessionsHttpModule } from './modules/sessions/http/sessions-http.module';
import { TransferHttpModule } from './modules/transfer/http/transfer-http.module';
import { VariablesHttpModule } from './modules/variables/http/variables-http.module';
import { WebhooksHttpModule } from './modules/webhooks/http/webhooks-http.module';
import { BackgroundModule } from './platform/background';
import { ConfigModule } from './platform/config.module';
import { CryptoModule, Secrets } from './platform/crypto';
import { DatabaseModule } from './platform/database';
import { HealthModule } from './platform/health';
import { HttpModule } from './platform/http';
import { Logger, LoggingModule } from './platform/logging';
import { MailModule } from './platform/mail';
import { NetworkModule } from './platform/network';
import { OutboundModule } from './platform/outbound';
import { OutboxModule } from './platform/outbox';
import { RateLimitModule } from './platform/rate-limit';
import { StorageModule } from './platform/storage';

/** What the server is made of and where it keeps things. */
export interface Environment {
  readonly config: Config;
  readonly secrets: Secrets;
  /** Null connects nothing: for describing the server. */
  readonly databaseUrl: string | null;
  readonly logger: Logger;
}

/** The composition root: every part of the server, once. */
@Module({})
export class AppModule {
  static forRoot({ config, secrets, databaseUrl, logger }: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        CryptoModule.forRoot(config, secrets),
        DatabaseModule.forRoot(config, databaseUrl, entities),
        BackgroundModule,
        OutboundModule,
        OutboxModule,
        MailModule,
        NetworkModule,
        RateLimitModule,
        StorageModule,
        HttpModule,
        HealthModule,
        AuditModule,
        PlansModule,
        SellersHttpModule,
        AppsHttpModule,
        LicensesHttpModule,
        AppUsersHttpModule,
        SessionsHttpModule,
        BlacklistHttpModule,
        VariablesHttpModule,
        FilesHttpModule,
        ClientLogsHttpModule,
        ReferralsHttpModule,
        ResellersHttpModule,
        TransferHttpModule,
        GatewaysHttpModule,
        WebhooksHttpModule,
        BuilderHttpModule,
        HouseDialectModule,
        AuthonDispatchModule,
        AuthonRestModule,
        TkiModule,
      ],
    };
  }
}
