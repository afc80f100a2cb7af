import { Injectable } from '@nestjs/common';
import { CommonErrors, Page, PageRequest, ResellerCaller } from '../../kernel';
import { LicenseResale, LicenseStatus } from '../licenses';
import { Reseller, SoldKey, viewKey, viewReseller } from './reseller-views';
import { ResellersRepository } from './resellers.repository';

export interface KeyFilter {
  readonly status?: LicenseStatus;
  /** Part of a key. */
  readonly search?: string;
}

export interface ResellerStats {
  /** Credits. */
  readonly balance: number;
  readonly totalKeys: number;
  /** Keys that a client activated, whatever became of them. */
  readonly usedKeys: number;
  /** The rest. */
  readonly unusedKeys: number;
}

/** What a reseller reads of their own. */
@Injectable()
export class ResellerAccount {
  constructor(
    private readonly resellers: ResellersRepository,
    private readonly resale: LicenseResale,
  ) {}

  /** The keys they made, the newest first. */
  async keys(
    { reseller }: ResellerCaller,
    filter: KeyFilter,
    request: PageRequest,
  ): Promise<Page<SoldKey>> {
    const page = await this.resale.list(reseller.resellerId, filter, request);
    return { ...page, items: page.items.map(viewKey) };
  }

  async balance(caller: ResellerCaller): Promise<number> {
    return (await this.self(caller)).balance;
  }

  async stats(caller: ResellerCaller): Promise<ResellerStats> {
    const { balance } = await this.self(caller);
    const { total, used } = await this.resale.counts(caller.reseller.resellerId);
    return { balance, totalKeys: total, usedKeys: used, unusedKeys: total - used };
  }

  /** @throws UNAUTHENTICATED when they were deleted a moment ago */
  async self({ reseller: { appId, resellerId } }: ResellerCaller): Promise<Reseller> {
    const row = await this.resellers.find(appId, resellerId);
    if (!row) throw CommonErrors.UNAUTHENTICATED();
    return viewReseller(row);
  }
}
