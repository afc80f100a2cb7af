import { Module } from '@nestjs/common';
import { ClientLogsModule } from '../client-logs.module';

@Module({ imports: [ClientLogsModule] })
export class ClientLogsHttpModule {}
