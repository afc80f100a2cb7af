import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { VariablesModule } from '../../variables';
import { AppUsersModule } from '../app-users.module';
import { AppUsersController } from './app-users.controller';
import { NewUserInput } from './new-user.input';
import { UserVariablesController } from './user-variables.controller';

@Module({
  imports: [AppsModule, AppUsersModule, VariablesModule],
  controllers: [AppUsersController, UserVariablesController],
  providers: [NewUserInput],
})
export class AppUsersHttpModule {}
