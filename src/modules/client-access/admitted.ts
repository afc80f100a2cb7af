import type { Origin } from '../../kernel';
import type { ClientUser } from '../app-users';
import type { ClientApp } from '../apps';
import type { License, LockedLicense } from '../licenses';
import type { SessionSubject } from '../sessions';
import type { Entitlement } from './client-verdict';
import type { ClientFacts } from './domain/ladder';

/** A client at the point where the ladder has let it pass. */
export interface Admitted {
  readonly license: License;
  readonly facts: ClientFacts;
  readonly hwid: string | null;
  readonly user: ClientUser | null;
}

/** What the ladder needs to know of the licence and the device. */
export function factsOf(
  locked: LockedLicense | null,
  hwid: string | null,
  { ip }: Origin,
): Pick<ClientFacts, 'license' | 'device' | 'address'> & Partial<Pick<ClientFacts, 'now'>> {
  if (!locked) return { license: null };
  const { license, now, devices, addresses } = locked;
  const address = addresses && ip !== null ? { value: ip, bound: addresses } : undefined;
  return { now, license, device: { hwid, ...devices }, address };
}

export function subjectOf(app: ClientApp, admitted: Admitted, origin: Origin): SessionSubject {
  const { license, hwid, user } = admitted;
  return {
    appId: app.id,
    licenseId: license.id,
    userId: user?.id ?? null,
    username: user?.username ?? null,
    hwid,
    ip: origin.ip,
  };
}

export function entitlementOf(license: License, user: ClientUser | null): Entitlement {
  const { level, expiresAt, subscription } = license;
  return { username: user?.username ?? null, level, expiresAt, subscription };
}
