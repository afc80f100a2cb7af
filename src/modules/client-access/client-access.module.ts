import { Module } from '@nestjs/common';
import { AppUsersModule } from '../app-users';
import { BlacklistModule } from '../blacklist';
import { LicensesModule } from '../licenses';
import { SessionsModule } from '../sessions';
import { ClientAccess } from './client-access.service';
import { ClientBooks } from './client-books';
import { ClientLookups } from './client-lookups.service';
import { ClientLife } from './client-life.service';
import { ClientScreen } from './client-screen';
import { ClientSessions } from './client-sessions.service';
import { NetworkScreen } from './network-screen';
import { SessionMemory } from './session-memory';

@Module({
  imports: [AppUsersModule, BlacklistModule, LicensesModule, SessionsModule],
  providers: [
    ClientAccess,
    ClientBooks,
    ClientLife,
    ClientLookups,
    ClientScreen,
    ClientSessions,
    NetworkScreen,
    SessionMemory,
  ],
  exports: [ClientAccess, ClientLife, ClientLookups, ClientSessions],
})
export class ClientAccessModule {}
