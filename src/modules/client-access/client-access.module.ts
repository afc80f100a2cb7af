import { Module } from '@nestjs/common';
import { AppUsersModule } from '../app-users';
import { AppsModule } from '../apps';
import { AttemptsModule } from '../attempts';
import { BlacklistModule } from '../blacklist';
import { ClientLogsModule } from '../client-logs';
import { GatewaysModule } from '../gateways';
import { FilesModule } from '../files';
import { LicensesModule } from '../licenses';
import { ReferralsModule } from '../referrals';
import { SessionsModule } from '../sessions';
import { VariablesModule } from '../variables';
import { ClientAccess } from './client-access.service';
import { ClientAdmission } from './client-admission';
import { ClientBooks } from './client-books';
import { ClientDenials } from './client-denials';
import { ClientData } from './client-data.service';
import { ClientDownloads } from './client-downloads.service';
import { ClientFiles } from './client-files.service';
import { ClientLookups } from './client-lookups.service';
import { ClientLife } from './client-life.service';
import { ClientReferrals } from './client-referrals.service';
import { ClientScreen } from './client-screen';
import { ClientSessions } from './client-sessions.service';
import { KeyGuesses } from './key-guesses';
import { KeyGuessesRepository } from './key-guesses.repository';
import { NetworkScreen } from './network-screen';
import { ProductAccess } from './product-access.service';
import { ProductLicenses } from './product-licenses';
import { ProductRecords } from './product-records';
import { SessionMemory } from './session-memory';

@Module({
  imports: [
    AppUsersModule,
    AppsModule,
    AttemptsModule,
    BlacklistModule,
    ClientLogsModule,
    GatewaysModule,
    FilesModule,
    LicensesModule,
    ReferralsModule,
    SessionsModule,
    VariablesModule,
  ],
  providers: [
    ClientAccess,
    ClientAdmission,
    ClientBooks,
    ClientData,
    ClientDenials,
    ClientDownloads,
    ClientFiles,
    ClientLife,
    ClientLookups,
    ClientReferrals,
    ClientScreen,
    ClientSessions,
    KeyGuesses,
    KeyGuessesRepository,
    NetworkScreen,
    ProductAccess,
    ProductLicenses,
    ProductRecords,
    SessionMemory,
  ],
  exports: [
    ClientAccess,
    ClientData,
    ClientDownloads,
    ClientFiles,
    ClientLife,
    ClientLookups,
    ClientReferrals,
    ClientSessions,
    ProductAccess,
  ],
})
export class ClientAccessModule {}
