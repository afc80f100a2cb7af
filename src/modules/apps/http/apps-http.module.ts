import { Module } from '@nestjs/common';
import { AppsModule } from '../apps.module';
import { ApiKeyGuard } from './api-key.guard';
import { AppsController } from './apps.controller';

@Module({ imports: [AppsModule], controllers: [AppsController], providers: [ApiKeyGuard] })
export class AppsHttpModule {}
