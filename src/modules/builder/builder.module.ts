import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { BuilderService } from './builder.service';
import { LoaderFiles } from './loader-files';
import { LoaderMaker } from './loader-maker';
import { LoaderTemplates } from './loader-templates';

@Module({
  imports: [AppsModule],
  providers: [BuilderService, LoaderFiles, LoaderMaker, LoaderTemplates],
  exports: [BuilderService, LoaderMaker, LoaderTemplates],
})
export class BuilderModule {}
