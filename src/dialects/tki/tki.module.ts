import { Module } from '@nestjs/common';
import { AppsModule } from '../../modules/apps';
import { AttemptsModule } from '../../modules/attempts';
import { BlacklistModule } from '../../modules/blacklist';
import { ClientAccessModule } from '../../modules/client-access';
import { GatewaysModule } from '../../modules/gateways';
import { LicensesModule } from '../../modules/licenses';
import { TkiAuthController } from './tki.auth.controller';
import { TkiDeskController } from './tki.desk.controller';
import { TkiDialect } from './tki.dialect';
import { TkiLicensesController } from './tki.licenses.controller';
import { TkiProductsController } from './tki.products.controller';

@Module({
  imports: [
    AppsModule,
    AttemptsModule,
    BlacklistModule,
    ClientAccessModule,
    GatewaysModule,
    LicensesModule,
  ],
  controllers: [TkiAuthController, TkiProductsController, TkiLicensesController, TkiDeskController],
  providers: [TkiDialect],
})
export class TkiModule {}
