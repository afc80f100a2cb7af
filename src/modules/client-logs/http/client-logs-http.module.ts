import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { ClientLogsModule } from '../client-logs.module';
import { ClientLogsController } from './client-logs.controller';

@Module({ imports: [AppsModule, ClientLogsModule], controllers: [ClientLogsController] })
export class ClientLogsHttpModule {}
