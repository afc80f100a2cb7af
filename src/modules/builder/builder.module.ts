import { Module } from '@nestjs/common';
import { AppsModule } from '../apps';
import { FilesModule } from '../files';
import { BuilderService } from './builder.service';
import { LoaderMaker } from './loader-maker';
import { LoaderTemplates } from './loader-templates';

@Module({
  imports: [AppsModule, FilesModule],
  providers: [BuilderService, LoaderMaker, LoaderTemplates],
  exports: [BuilderService, LoaderMaker, LoaderTemplates],
})
export class BuilderModule {}
