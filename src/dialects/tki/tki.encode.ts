import { formatCursor, Page, publicId } from '../../kernel';
import type { App } from '../../modules/apps';
import type { DayOfAttempts, StoredAttempt } from '../../modules/attempts';
import type { BlacklistEntry } from '../../modules/blacklist';
import type { ProductGrant } from '../../modules/client-access';
import type { Gateway } from '../../modules/gateways';
import type { License } from '../../modules/licenses';
import type {
  TkiAnalyticsView,
  TkiAttemptView,
  TkiAuthView,
  TkiBlacklistView,
  TkiLicenseView,
  TkiProductView,
  TkiSettingsView,
} from './tki.views';

/** Body of a grant [seed 003]; `product` is D-T6. */
export function encodeGrant({ license, version, product }: ProductGrant): TkiAuthView {
  return {
    status_msg: 'Successful Authentication!',
    status_overview: 'success',
    status_code: 200,
    version,
    discord_id: license.discordId ?? '',
    discord_username: license.discordUsername ?? '',
    discord_tag: discordTag(license),
    expire_date: expireDate(license.expiresAt),
    staff_license: license.staff,
    product,
  };
}

/** `@john_doe#0001`; `@name` for accounts without a discriminator (D-T12); empty without an owner. */
export function discordTag(
  owner: Pick<License, 'discordUsername' | 'discordDiscriminator'>,
): string {
  const { discordUsername, discordDiscriminator } = owner;
  if (discordUsername === null) return '';
  return `@${discordUsername}${discordDiscriminator ? `#${discordDiscriminator}` : ''}`;
}

/** `MM/DD/YYYY`, the day in UTC; `Never` for ever (D-T4). */
export function expireDate(expiresAt: Date | null): string {
  if (expiresAt === null) return 'Never';
  const [year, month, day] = expiresAt.toISOString().slice(0, 'yyyy-mm-dd'.length).split('-');
  return `${month}/${day}/${year}`;
}

interface Success<T> {
  readonly status_overview: 'success';
  readonly status_code: number;
  readonly data: T;
}

/** Success body of the management routes. */
export function success<T>(data: T, status = 200): Success<T> {
  return { status_overview: 'success', status_code: status, data };
}

/** The same for a page of a list. */
export function successPage<T, V>(page: Page<T>, encode: (item: T) => V) {
  const { limit, total, totalIsEstimate, next } = page;
  return {
    ...success(page.items.map(encode)),
    pagination: {
      page: page.page,
      limit,
      total,
      ...(totalIsEstimate ? { totalIsEstimate } : {}),
      nextCursor: next && formatCursor(next),
    },
  };
}

export function encodeProduct(app: App): TkiProductView {
  const { id, name, version, status, enforceVersion } = app;
  return { id, name, version, status, enforceVersion };
}

export function encodeLicense(license: License): TkiLicenseView {
  return {
    id: publicId('lic', license.id),
    licensekey: license.key,
    status: license.status,
    discord_id: license.discordId,
    discord_username: license.discordUsername,
    discord_tag: discordTag(license),
    expire_date: lastsFromFirstUse(license) ? null : expireDate(license.expiresAt),
    staff_license: license.staff,
    ip_cap: license.maxAddresses,
    hwid_cap: license.maxDevices,
    note: license.note,
    created_at: license.createdAt.toISOString(),
  };
}

/** An unused licence without a fixed end lasts from its first use; until then nobody knows. */
function lastsFromFirstUse({ activatedAt, expiresAt, durationSeconds }: License): boolean {
  return activatedAt === null && expiresAt === null && durationSeconds !== null;
}

const BLACKLIST_NAMES = { IP: 'ip', HWID: 'hwid', KEY: 'license', USERNAME: 'username' } as const;

export function encodeBlacklisted(entry: BlacklistEntry): TkiBlacklistView {
  return {
    id: publicId('bl', entry.id),
    type: BLACKLIST_NAMES[entry.type],
    value: entry.value,
    reason: entry.reason,
    expires_at: entry.expiresAt?.toISOString() ?? null,
    attempts: entry.attempts,
    last_attempt: entry.lastAttemptAt?.toISOString() ?? null,
    created_at: entry.createdAt.toISOString(),
  };
}

export function encodeSettings(gateway: Gateway): TkiSettingsView {
  const { keyShape } = gateway;
  return {
    APIKey: gateway.apiKey,
    RequireHWID: gateway.requireHwid,
    RatelimitEnabled: gateway.limitRequests,
    RatelimitMax: gateway.requestsPerMinute,
    LicensePrefix: keyShape.prefix,
    Amount: keyShape.length,
    IncludeLetters: keyShape.letters,
    IncludeNumbers: keyShape.numbers,
    UseHyphens: keyShape.hyphens,
    HyphenEvery: keyShape.hyphenEvery,
    SuccessfulLogChannel: maskedChannel(gateway.grantedChannel),
    FailedLogChannel: maskedChannel(gateway.refusedChannel),
  };
}

const WEBHOOK = /^(?:\/api)?(?:\/v\d+)?\/webhooks\/\d+\//;

/**
 * What of a channel's address is no secret: of a Discord webhook everything up to its id, for a token
 * follows; of another address only where it leads.
 */
export function maskedChannel(url: string | null): string | null {
  if (url === null) return null;
  const { origin, pathname } = new URL(url);
  return `${origin}${WEBHOOK.exec(pathname)?.[0] ?? '/'}****`;
}

export function encodeAttempt(attempt: StoredAttempt): TkiAttemptView {
  const { product = null, version = null } = attempt.facts as Record<string, string | null>;
  return {
    id: publicId('att', attempt.id),
    at: attempt.createdAt.toISOString(),
    status_overview: attempt.outcome === 'granted' ? 'success' : 'failed',
    reason: attempt.outcome === 'granted' ? null : attempt.outcome,
    product,
    version,
    licensekey: attempt.maskedKey,
    ip: attempt.address,
    hwid: attempt.hwid,
    connection_ip: attempt.ip,
    user_agent: attempt.userAgent,
    request_id: attempt.requestId,
  };
}

export function encodeDay(day: DayOfAttempts): TkiAnalyticsView {
  return {
    day: day.day,
    attempts: day.attempts,
    successes: day.successes,
    distinct_ips: day.distinctAddresses,
    distinct_hwids: day.distinctHwids,
  };
}
