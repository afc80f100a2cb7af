import { Module } from '@nestjs/common';
import { AppUsersModule } from '../app-users';
import { BlacklistModule } from '../blacklist';
import { LicensesModule } from '../licenses';
import { SessionsModule } from '../sessions';
import { ClientAccess } from './client-access.service';
import { ClientBooks } from './client-books';
import { ClientLife } from './client-life.service';
import { ClientScreen } from './client-screen';
import { ClientSessions } from './client-sessions.service';
import { KeyGuesses } from './key-guesses';
import { KeyGuessesRepository } from './key-guesses.repository';
import { SessionMemory } from './session-memory';

@Module({
  imports: [AppUsersModule, BlacklistModule, LicensesModule, SessionsModule],
  providers: [
    ClientAccess,
    ClientBooks,
    ClientLife,
    ClientScreen,
    ClientSessions,
    KeyGuesses,
    KeyGuessesRepository,
    SessionMemory,
  ],
  exports: [ClientAccess, ClientLife, ClientSessions],
})
export class ClientAccessModule {}
