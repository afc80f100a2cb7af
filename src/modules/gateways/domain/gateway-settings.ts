import type { KeyShape } from '../../../kernel';

/** What a seller decides about the gateway [doc 003, `ApiSettings` and `LicenseSettings`]. */
export interface GatewaySettings {
  readonly requireHwid: boolean;
  readonly limitRequests: boolean;
  /** For each client address. */
  readonly requestsPerMinute: number;
  readonly keyShape: KeyShape;
  /** Discord webhook addresses; null tells nobody. */
  readonly grantedChannel: string | null;
  readonly refusedChannel: string | null;
}

/** What to change; absent is left as it is. */
export type GatewayChanges = Partial<Omit<GatewaySettings, 'keyShape'>> & {
  readonly keyShape?: Partial<KeyShape>;
};
