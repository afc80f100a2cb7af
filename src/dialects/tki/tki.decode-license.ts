import type { LicenseTerms } from '../../modules/licenses';
import { invalidInput } from '../../platform/http';
import type { TkiChangeLicenseDto, TkiCreateLicensesDto } from './tki.dto';

/** -1 and 0 are no limit (D-T7). */
const cap = (value: number) => Math.max(value, 0);

/** What new licences are worth; caps are 1 where nothing is said (D-T7). @throws INVALID_INPUT */
export function termsOf(body: TkiCreateLicensesDto): LicenseTerms {
  const { ip_cap: ipCap = 1, hwid_cap: hwidCap = 1, note = null } = body;
  return {
    durationSeconds: null,
    level: 1,
    maxDevices: cap(hwidCap),
    maxAddresses: cap(ipCap),
    prefix: null,
    note,
    subscription: null,
    endsAt: lastInstant(body.expire_date ?? NEVER),
    staff: body.staff_license ?? false,
    owner: {
      discordId: body.discord_id ?? null,
      discordUsername: body.discord_username ?? null,
      discordDiscriminator: body.discord_discriminator ?? null,
    },
  };
}

/** What to change; what is absent stays as it is. @throws INVALID_INPUT */
export function changesOf(body: TkiChangeLicenseDto) {
  const { ip_cap: ipCap, hwid_cap: hwidCap, expire_date: date } = body;
  return {
    note: body.note,
    staff: body.staff_license,
    discordId: body.discord_id,
    discordUsername: body.discord_username,
    discordDiscriminator: body.discord_discriminator,
    maxAddresses: ipCap === undefined ? undefined : cap(ipCap),
    maxDevices: hwidCap === undefined ? undefined : cap(hwidCap),
    expiresAt: date === undefined ? undefined : lastInstant(date),
  };
}

const NEVER = 'Never';

/** The end of a day written `MM/DD/YYYY`, in UTC; null for `Never`. @throws INVALID_INPUT */
export function lastInstant(text: string): Date | null {
  if (text === NEVER) return null;
  const [month, day, year] = text.split('/');
  const iso = `${year}-${month}-${day}T23:59:59.999Z`;
  const instant = new Date(iso);
  // JavaScript takes 30 February for 2 March, and PostgreSQL knows no year 0.
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== iso || year === '0000') {
    throw invalidInput([{ field: 'expire_date', message: 'must be a day that exists' }]);
  }
  return instant;
}
