import { Injectable } from '@nestjs/common';
import { granted, refused } from '../../kernel';
import { DatabaseClock } from '../../platform/clock';
import type { ClientApp } from '../apps';
import type { ClientVerdict } from './client-verdict';
import { ClientScreen } from './client-screen';
import { climb } from './domain/ladder';

export interface BlacklistAnswer {
  readonly blacklisted: boolean;
  readonly reason: string | null;
}

/** What a program may ask before anybody signed in. */
@Injectable()
export class ClientLookups {
  constructor(
    private readonly screen: ClientScreen,
    private readonly clock: DatabaseClock,
  ) {}

  /** Whether the address or the device is on the blacklist. A question: no entry counts it. */
  async blacklist(
    app: ClientApp,
    { ip, hwid }: { readonly ip: string | null; readonly hwid: string | null },
  ): Promise<ClientVerdict<BlacklistAnswer>> {
    const refusal = climb({ now: new Date(this.clock.nowMs()), app });
    if (refusal) return refused(refusal);
    const entry = await this.screen.lookUp(app, { hwid }, ip);
    return granted({ blacklisted: entry !== null, reason: entry?.reason ?? null });
  }
}
