import { Global, Module, OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../../platform/background';
import { AuditArchive } from './audit-archive.service';
import { AuditReader } from './audit-reader.service';
import { AuditSequencer, TAKE_IN } from './audit-sequencer';
import { AuditTrail } from './audit-trail';
import { AuditTree } from './audit-tree';
import { AuditTreeRepository } from './audit-tree.repository';
import { AuditRepository } from './audit.repository';
import { CheckpointFile } from './checkpoint-file';
import { CheckpointPost } from './checkpoint-post';
import { Checkpoints } from './checkpoints';
import { CheckpointsRepository } from './checkpoints.repository';
import { EventFeed } from './event-feed';

/** A record is a leaf within a second of its commit: a quarter of it for waiting. */
const TAKE_IN_EVERY_SECONDS = 0.25;
const CHECKPOINT_EVERY_SECONDS = 60;

@Global()
@Module({
  providers: [
    AuditArchive,
    AuditReader,
    AuditRepository,
    AuditSequencer,
    AuditTrail,
    AuditTree,
    AuditTreeRepository,
    CheckpointFile,
    CheckpointPost,
    Checkpoints,
    CheckpointsRepository,
    EventFeed,
  ],
  exports: [AuditArchive, AuditReader, AuditTrail, EventFeed],
})
export class AuditModule implements OnModuleInit {
  constructor(
    private readonly jobs: BackgroundJobs,
    private readonly sequencer: AuditSequencer,
    private readonly checkpoints: Checkpoints,
    private readonly file: CheckpointFile,
    private readonly post: CheckpointPost,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: TAKE_IN,
      everySeconds: TAKE_IN_EVERY_SECONDS,
      quiet: true,
      run: () => this.sequencer.takeIn(),
    });
    this.jobs.add({
      name: 'sign and export the audit tree',
      everySeconds: CHECKPOINT_EVERY_SECONDS,
      quiet: true,
      outsideTransaction: true,
      run: async () => {
        await this.checkpoints.issueIfDue();
        // A file that cannot be written keeps nobody from being told.
        const told = await this.post.send();
        return told + (await this.file.write());
      },
    });
  }
}
