import { Injectable } from '@nestjs/common';
import type { Origin, Verdict } from '../../kernel';
import type { ClientApp } from '../apps';
import { AttemptLog } from '../attempts';

/** What a client asked for: to get in, or something of those who are in. */
export type ClientVerb =
  | ('init' | 'login' | 'register' | 'license' | 'check' | 'logout')
  | ('log' | 'read-variable' | 'set-variable' | 'file' | 'redeem');

/** What it showed of itself. */
export interface Shown {
  readonly username?: string | null;
  readonly licenseKey?: string | null;
  readonly hwid?: string | null;
}

/** The wires that decide by session and name, of documents 000 and 001. */
const WIRE = 'authon';

/** Keeps why clients were denied, for their seller to find. */
@Injectable()
export class ClientDenials {
  constructor(private readonly attempts: AttemptLog) {}

  /** Gives the verdict back as it is; a refusal is kept, with what mattered for it, a moment later. */
  async watch<T, C extends string>(
    action: ClientVerb,
    app: ClientApp,
    shown: Shown,
    origin: Origin,
    verdict: Promise<Verdict<T, C>>,
  ): Promise<Verdict<T, C>> {
    const decided = await verdict;
    if (!decided.granted) {
      const { id: appId, sellerId } = app;
      const { code: outcome, facts } = decided;
      const { username, licenseKey, hwid } = shown;
      this.attempts.recordLater({
        ...{ sellerId, appId, wire: WIRE, action, outcome },
        ...{ username, licenseKey, hwid, origin, facts },
      });
    }
    return decided;
  }
}
