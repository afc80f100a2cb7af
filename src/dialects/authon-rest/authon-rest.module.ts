import { Module } from '@nestjs/common';
import { AppUsersModule } from '../../modules/app-users';
import { AppsModule } from '../../modules/apps';
import { BlacklistModule } from '../../modules/blacklist';
import { ClientAccessModule } from '../../modules/client-access';
import { FilesModule } from '../../modules/files';
import { LicensesModule } from '../../modules/licenses';
import { ResellersModule } from '../../modules/resellers';
import { SessionsModule } from '../../modules/sessions';
import { AuthonRestAdminController } from './authon-rest.admin.controller';
import { AuthonRestClientController } from './authon-rest.client.controller';
import { AuthonRestDialect } from './authon-rest.dialect';
import { AuthonRestFilesController } from './authon-rest.files.controller';
import { FormUpload } from './authon-rest.form-upload';
import { AuthonRestResellerController } from './authon-rest.reseller.controller';
import { AuthonRestUploadController } from './authon-rest.upload.controller';

@Module({
  imports: [
    AppUsersModule,
    AppsModule,
    BlacklistModule,
    ClientAccessModule,
    FilesModule,
    LicensesModule,
    ResellersModule,
    SessionsModule,
  ],
  controllers: [
    AuthonRestClientController,
    AuthonRestAdminController,
    AuthonRestResellerController,
    AuthonRestFilesController,
    AuthonRestUploadController,
  ],
  providers: [AuthonRestDialect, FormUpload],
})
export class AuthonRestModule {}
