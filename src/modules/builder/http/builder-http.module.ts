import { Module } from '@nestjs/common';
import { BuilderModule } from '../builder.module';
import { BuilderController } from './builder.controller';

@Module({ imports: [BuilderModule], controllers: [BuilderController] })
export class BuilderHttpModule {}
