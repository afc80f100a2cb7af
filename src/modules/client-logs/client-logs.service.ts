import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../kernel';
import { newId } from '../../platform/crypto';
import { violatesReference } from '../../platform/database';
import { ClientLogsRepository, LogFilter } from './client-logs.repository';
import type { ClientLogEntity } from './entities/client-log.entity';

export type ClientLog = ClientLogEntity;
/** A message and who sent it, as far as that is known. */
export type NewClientLog = Omit<ClientLogEntity, 'id' | 'createdAt'>;

/**
 * What client programs report about themselves. A message is its own record: nothing else is
 * written of it.
 */
@Injectable()
export class ClientLogs {
  constructor(private readonly logs: ClientLogsRepository) {}

  async record(line: NewClientLog): Promise<void> {
    try {
      await this.logs.insert({ id: newId(), ...line });
    } catch (error) {
      // The application was deleted at this moment, and its messages with it: this one as well.
      if (!violatesReference(error)) throw error;
    }
  }

  list(
    app: { readonly id: string },
    filter: LogFilter,
    request: PageRequest,
  ): Promise<Page<ClientLog>> {
    return this.logs.list(app.id, filter, request);
  }
}
