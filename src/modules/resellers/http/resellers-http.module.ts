import { Module } from '@nestjs/common';
import { ResellersModule } from '../resellers.module';

@Module({ imports: [ResellersModule] })
export class ResellersHttpModule {}
