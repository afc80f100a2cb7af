import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { CONFIG } from '../../platform/config-token';
import { LOGGER, Logger } from '../../platform/logging';
import { Outbound } from '../../platform/outbound';
import { Checkpoints } from './checkpoints';
import { CheckpointsRepository } from './checkpoints.repository';
import { exportedCheckpoint } from './exported-checkpoint';

/**
 * Tells the newest checkpoint to an address of the operator's choice, where nobody who can change the
 * database can take it back. Told again until it is answered with 2xx; each process tells it.
 */
@Injectable()
export class CheckpointPost {
  /** Leaves of the checkpoint that was told last. */
  private told = 0;

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly rows: CheckpointsRepository,
    private readonly outbound: Outbound,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Returns how many checkpoints were told: one or none. Nothing without the setting. */
  async send(): Promise<number> {
    const url = this.config.AUDIT_CHECKPOINT_URL;
    const newest = url === undefined ? null : await this.rows.latest();
    if (!newest || newest.size <= this.told) return 0;
    const body = JSON.stringify(exportedCheckpoint(newest, this.checkpoints.key));
    const headers = { 'content-type': 'application/json' };
    const { status, failure } = await this.outbound.post({ url: url!, headers, body });
    if (status >= 200 && status < 300) {
      this.told = newest.size;
      return 1;
    }
    this.logger.warn({ status, failure, size: newest.size }, 'a checkpoint could not be told');
    return 0;
  }
}
