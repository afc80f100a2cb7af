import { Module } from '@nestjs/common';
import { AppUsersModule } from '../../modules/app-users';
import { AppsModule } from '../../modules/apps';
import { BlacklistModule } from '../../modules/blacklist';
import { ClientAccessModule } from '../../modules/client-access';
import { LicensesModule } from '../../modules/licenses';
import { ResellersModule } from '../../modules/resellers';
import { SessionsModule } from '../../modules/sessions';
import { AuthonRestAdminController } from './authon-rest.admin.controller';
import { AuthonRestClientController } from './authon-rest.client.controller';
import { AuthonRestDialect } from './authon-rest.dialect';
import { AuthonRestResellerController } from './authon-rest.reseller.controller';

@Module({
  imports: [
    AppUsersModule,
    AppsModule,
    BlacklistModule,
    ClientAccessModule,
    LicensesModule,
    ResellersModule,
    SessionsModule,
  ],
  controllers: [
    AuthonRestClientController,
    AuthonRestAdminController,
    AuthonRestResellerController,
  ],
  providers: [AuthonRestDialect],
})
export class AuthonRestModule {}
