import { Module } from '@nestjs/common';
import { TransferModule } from '../transfer.module';

@Module({ imports: [TransferModule] })
export class TransferHttpModule {}
