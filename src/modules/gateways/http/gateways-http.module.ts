import { Module } from '@nestjs/common';
import { GatewaysModule } from '../gateways.module';
import { GatewayKeyGuard } from './gateway-key.guard';

@Module({ imports: [GatewaysModule], providers: [GatewayKeyGuard] })
export class GatewaysHttpModule {}
