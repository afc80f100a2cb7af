import { Injectable } from '@nestjs/common';
import { AppCountsRepository } from './app-counts.repository';

export interface AppCounts {
  readonly appUsers: number;
  readonly licenses: number;
}

const NONE: AppCounts = { appUsers: 0, licenses: 0 };

/** How many users and licences applications have: exact, and as quick with a million as with one. */
@Injectable()
export class AppCounters {
  constructor(private readonly counts: AppCountsRepository) {}

  async of(appId: string): Promise<AppCounts> {
    return (await this.ofEach([appId])).get(appId)!;
  }

  /** One statement for any number of applications. */
  async ofEach(appIds: readonly string[]): Promise<ReadonlyMap<string, AppCounts>> {
    const result = new Map(appIds.map((id) => [id, NONE]));
    if (appIds.length === 0) return result;
    for (const { appId, thing, total } of await this.counts.sums(appIds)) {
      const known = result.get(appId)!;
      result.set(appId, { ...known, [thing === 'users' ? 'appUsers' : thing]: total });
    }
    return result;
  }
}
