import { Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { PlansModule } from '../plans';
import { BlobsRepository } from './blobs.repository';
import { DownloadTickets } from './download-tickets';
import { DownloadTicketsRepository } from './download-tickets.repository';
import { FileBooks } from './file-books';
import { FileContents } from './file-contents';
import { FileKeeping } from './file-keeping';
import { FileShelf } from './file-shelf';
import { FileUploads } from './file-uploads';
import { FilesRepository } from './files.repository';
import { FilesService } from './files.service';
import { UploadRoom } from './upload-room';

@Module({
  imports: [PlansModule],
  providers: [
    BlobsRepository,
    DownloadTickets,
    DownloadTicketsRepository,
    FileBooks,
    FileContents,
    FileKeeping,
    FileShelf,
    FileUploads,
    FilesRepository,
    FilesService,
    UploadRoom,
  ],
  exports: [DownloadTickets, FileKeeping, FileShelf, FileUploads, FilesService, UploadRoom],
})
export class FilesModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly keeping: FileKeeping,
    private readonly tickets: DownloadTickets,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'remove unused contents',
      everySeconds: 60,
      outsideTransaction: true,
      run: (stopping) => this.keeping.sweep(stopping),
    });
    this.jobs.add({
      name: 'forget download tickets',
      everySeconds: 60,
      run: (stopping) => this.tickets.forgetExpired(stopping),
    });
  }
}
