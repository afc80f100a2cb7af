import type { DeclaredAddress } from '../../../kernel';

/** What a program says of itself to a gateway [doc 003]. */
export interface ProductClaim {
  /** Name of the application. */
  readonly product: string;
  readonly version: string;
  readonly licenseKey: string;
  readonly address: DeclaredAddress;
  readonly hwid: string | null;
}

/** The same of a request that was refused before it could be judged: as far as it was understood. */
export type PartialClaim = Partial<
  Record<'product' | 'version' | 'licenseKey' | 'hwid', string>
> & {
  readonly address?: string;
};
