export const APP_STATUSES = ['ACTIVE', 'PAUSED'] as const;
/** A paused application answers no client. */
export type AppStatus = (typeof APP_STATUSES)[number];

export const FILE_RESPONSE_MODES = ['json', 'binary'] as const;
/** How `type: "file"` answers: with a link, or with the bytes (D-A3). */
export type FileResponseMode = (typeof FILE_RESPONSE_MODES)[number];

/**
 * The one spelling of an application's name, by which programs find it: without spaces around it, and
 * composed, for keyboards and editors differ in what they send for the same letter.
 */
export function appName(text: string): string {
  return text.trim().normalize('NFC');
}

/** What a seller may set. Absent is left as it is. */
export interface AppSettings {
  readonly name?: string;
  readonly version?: string;
  readonly status?: AppStatus;
  readonly updateUrl?: string | null;
  readonly hwidLock?: boolean;
  readonly hashCheck?: boolean;
  readonly hashes?: readonly string[];
  readonly hwidResetCooldownHours?: number;
  readonly sessionTtlSeconds?: number;
  readonly keyFormat?: string;
  readonly vpnBlock?: boolean;
  readonly sharingThreshold?: number;
  readonly enforceVersion?: boolean;
  readonly fileResponseMode?: FileResponseMode;
}
