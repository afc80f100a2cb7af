import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { TransferModule } from '../transfer.module';
import { TransferController } from './transfer.controller';

@Module({ imports: [AppsModule, TransferModule], controllers: [TransferController] })
export class TransferHttpModule {}
