import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';

const OF_APP = `hashtextextended('app variables ' || $1, 0)`;
const OF_OWNER = `hashtextextended('variables of ' || $2, 0)`;

/**
 * Turns of those who write variables, until the transaction ends. They are taken in a statement of
 * their own: the next one then sees what the previous holder committed. Always the application
 * before the owner, so that no two can embrace.
 */
@Injectable()
export class VariableTurns extends Repository {
  /** Alone on the names of the application: a name is reserved while no client writes under it. */
  async ofApp(appId: string): Promise<void> {
    await this.rows(`SELECT pg_advisory_xact_lock(${OF_APP})`, [appId]);
  }

  /** Among other clients on the names of the application, alone on those of the owner. */
  async ofClient(appId: string, ownerId: string): Promise<void> {
    await this.rows(
      `SELECT pg_advisory_xact_lock_shared(${OF_APP}), pg_advisory_xact_lock(${OF_OWNER})`,
      [appId, ownerId],
    );
  }
}
