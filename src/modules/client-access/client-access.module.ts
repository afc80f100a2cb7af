import { Module } from '@nestjs/common';
import { AppUsersModule } from '../app-users';
import { AppsModule } from '../apps';
import { BlacklistModule } from '../blacklist';
import { ClientLogsModule } from '../client-logs';
import { FilesModule } from '../files';
import { LicensesModule } from '../licenses';
import { ReferralsModule } from '../referrals';
import { SessionsModule } from '../sessions';
import { VariablesModule } from '../variables';
import { ClientAccess } from './client-access.service';
import { ClientBooks } from './client-books';
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
import { SessionMemory } from './session-memory';

@Module({
  imports: [
    AppUsersModule,
    AppsModule,
    BlacklistModule,
    ClientLogsModule,
    FilesModule,
    LicensesModule,
    ReferralsModule,
    SessionsModule,
    VariablesModule,
  ],
  providers: [
    ClientAccess,
    ClientBooks,
    ClientData,
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
  ],
})
export class ClientAccessModule {}
