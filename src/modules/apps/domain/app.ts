export const APP_STATUSES = ['ACTIVE', 'PAUSED'] as const;
/** A paused application answers no client. */
export type AppStatus = (typeof APP_STATUSES)[number];

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
}
