import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { AppsModule } from '../apps';
import { AppUsersModule } from '../app-users';
import { LicensesModule } from '../licenses';
import { PlansModule } from '../plans';
import { ExportService } from './export.service';
import { FileReader } from './file-reader';
import { ImportRowsRepository } from './import-rows.repository';
import { ImportService } from './import.service';
import { ImportStores } from './import-stores';

@Module({
  imports: [AppsModule, LicensesModule, AppUsersModule, PlansModule],
  providers: [ExportService, FileReader, ImportRowsRepository, ImportService, ImportStores],
  exports: [ExportService, ImportService],
})
export class TransferModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly rows: ImportRowsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'clear abandoned imports',
      everySeconds: 60,
      run: () => this.rows.clearAbandoned(),
    });
  }
}
