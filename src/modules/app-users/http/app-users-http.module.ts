import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { AppUsersModule } from '../app-users.module';
import { AppUsersController } from './app-users.controller';
import { NewUserInput } from './new-user.input';

@Module({
  imports: [AppsModule, AppUsersModule],
  controllers: [AppUsersController],
  providers: [NewUserInput],
})
export class AppUsersHttpModule {}
