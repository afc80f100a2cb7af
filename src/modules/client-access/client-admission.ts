import { Injectable } from '@nestjs/common';
import type { Origin } from '../../kernel';
import type { ClientApp } from '../apps';
import { License, LicenseAccess, MAX_DEVICES_MAX } from '../licenses';
import { SessionsService } from '../sessions';
import { Admitted, entitlementOf, subjectOf } from './admitted';
import { ClientBooks } from './client-books';
import type { SignedIn } from './client-verdict';
import { bindsAddress, bindsDevice, ClientFacts } from './domain/ladder';
import { suspectsSharing, watchesSharing } from './domain/sharing';

/** What a grant of the ladder brings about, in the transaction that holds the licence locked. */
@Injectable()
export class ClientAdmission {
  constructor(
    private readonly licenses: LicenseAccess,
    private readonly sessions: SessionsService,
    private readonly books: ClientBooks,
  ) {}

  /** Binds the device if it is new, opens the session, writes the books. */
  async admit(app: ClientApp, admitted: Admitted, origin: Origin): Promise<SignedIn> {
    this.bind(admitted.license, admitted.facts);
    const signedIn = await this.openSession(app, admitted, origin);
    this.books.signedIn(app, subjectOf(app, admitted, origin), signedIn.sessionId, origin);
    return signedIn;
  }

  /** Binds what the ladder let in and is new. */
  bind({ id }: License, facts: ClientFacts): void {
    if (bindsDevice(facts)) this.licenses.bind(id, facts.device!.hwid!);
    if (bindsAddress(facts)) this.licenses.bindAddress(id, facts.address!.value);
  }

  /** Opens a session of a granted licence; notes when it is used from more places than one person is at. */
  async openSession(app: ClientApp, admitted: Admitted, origin: Origin): Promise<SignedIn> {
    const { license, facts, hwid, user } = admitted;
    const subject = subjectOf(app, admitted, origin);
    const watch = {
      threshold: app.sharingThreshold,
      notedAt: license.sharedNotedAt,
      now: facts.now,
    };
    const session = await this.sessions.open(subject, {
      ttlSeconds: app.sessionTtlSeconds,
      maxLive: license.maxDevices || MAX_DEVICES_MAX,
      countAddresses: watchesSharing(watch),
    });
    this.books.sessionOpened(subject, session.id);
    const { addresses } = session;
    if (addresses !== null && suspectsSharing(watch, addresses)) {
      this.books.sharingSuspected(app, license, subject, addresses, origin);
    }
    return {
      ...entitlementOf(license, user),
      sessionToken: session.token,
      sessionId: session.id,
      userId: user?.id ?? null,
      licenseKey: license.key,
      hwid: facts.device?.bound[0] ?? (bindsDevice(facts) ? hwid : null),
    };
  }
}
