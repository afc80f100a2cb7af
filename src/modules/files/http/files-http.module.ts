import { Module } from '@nestjs/common';
import { AppsModule } from '../../apps';
import { FilesModule } from '../files.module';
import { ContentIntake } from './content-intake';
import { FilesController } from './files.controller';

@Module({
  imports: [AppsModule, FilesModule],
  controllers: [FilesController],
  providers: [ContentIntake],
})
export class FilesHttpModule {}
