import type { AttemptFilter } from '../../modules/attempts';
import type { GatewayChanges } from '../../modules/gateways';
import { readDeclaredAddress } from '../../platform/network';
import type { TkiLogsQuery, TkiSettingsDto } from './tki.dto';

/** This wire's attempts, as the log knows them; those of other wires are the desk's denials. */
export const WIRE = 'tki';

export const BLACKLIST_TYPE_OF = { ip: 'IP', hwid: 'HWID', license: 'KEY' } as const;

export function settingsOf(body: TkiSettingsDto): GatewayChanges {
  return {
    requireHwid: body.RequireHWID,
    limitRequests: body.RatelimitEnabled,
    requestsPerMinute: body.RatelimitMax,
    keyShape: defined({
      prefix: body.LicensePrefix,
      length: body.Amount,
      letters: body.IncludeLetters,
      numbers: body.IncludeNumbers,
      hyphens: body.UseHyphens,
      hyphenEvery: body.HyphenEvery,
    }),
    grantedChannel: body.SuccessfulLogChannel,
    refusedChannel: body.FailedLogChannel,
  };
}

export function attemptFilterOf(
  query: Pick<TkiLogsQuery, 'status' | 'licensekey' | 'hwid' | 'ip'>,
  appId: string | undefined,
): AttemptFilter {
  const { status, licensekey: licenseKey, hwid, ip } = query;
  return {
    appId,
    wire: WIRE,
    outcome: status && (status === 'success' ? 'granted' : 'refused'),
    licenseKey,
    hwid,
    // Refused requests are kept as they were written.
    address: ip && (readDeclaredAddress(ip)?.text ?? ip),
  };
}

/** Without the keys that are undefined: they must not overwrite what stands. */
function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
