import { Module } from '@nestjs/common';
import { AppUsersModule } from '../app-users';
import { AppsModule } from '../apps';
import { BlacklistModule } from '../blacklist';
import { ClientLogsModule } from '../client-logs';
import { LicensesModule } from '../licenses';
import { ReferralsModule } from '../referrals';
import { SessionsModule } from '../sessions';
import { VariablesModule } from '../variables';
import { ClientAccess } from './client-access.service';
import { ClientBooks } from './client-books';
import { ClientData } from './client-data.service';
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
    LicensesModule,
    ReferralsModule,
    SessionsModule,
    VariablesModule,
  ],
  providers: [
    ClientAccess,
    ClientBooks,
    ClientData,
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
  exports: [ClientAccess, ClientData, ClientLife, ClientLookups, ClientReferrals, ClientSessions],
})
export class ClientAccessModule {}
