import { Injectable } from '@nestjs/common';

export type CountedThing = 'appUsers' | 'licenses';
export type AppCounts = Record<CountedThing, number>;
/** Counts one kind of thing for many applications in one statement; absent means none. */
export type AppCounter = (appIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Where the modules that own the things register how to count them. */
@Injectable()
export class AppCounters {
  private readonly counters = new Map<CountedThing, AppCounter>();

  register(thing: CountedThing, counter: AppCounter): void {
    this.counters.set(thing, counter);
  }

  async count(appIds: readonly string[]): Promise<ReadonlyMap<string, AppCounts>> {
    const result = new Map(appIds.map((id) => [id, { appUsers: 0, licenses: 0 }]));
    if (appIds.length === 0) return result;
    for (const [thing, counter] of this.counters) {
      for (const [id, count] of await counter(appIds)) result.get(id)![thing] = count;
    }
    return result;
  }
}
