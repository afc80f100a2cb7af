import { Injectable } from '@nestjs/common';
import { Repository } from '../../platform/database';
import type { GatewayEntity } from './entities/gateway.entity';

export type GatewayRow = GatewayEntity;
export type GatewayColumns = Partial<
  Omit<GatewayEntity, 'sellerId' | 'apiKeyHash' | 'apiKeySealed' | 'createdAt' | 'updatedAt'>
>;

@Injectable()
export class GatewaysRepository extends Repository {
  /** The gateway whose key has this hash. */
  findByKey(apiKeyHash: Buffer): Promise<GatewayRow | null> {
    return this.one('SELECT * FROM gateways WHERE api_key_hash = $1', [apiKeyHash]);
  }

  find(sellerId: string): Promise<GatewayRow | null> {
    return this.one('SELECT * FROM gateways WHERE seller_id = $1', [sellerId]);
  }

  /** The gateway, locked until the transaction ends; opened with that key where there is none yet. */
  async openAndLock(sellerId: string, hash: Buffer, sealed: Buffer): Promise<GatewayRow> {
    await this.affected(
      `INSERT INTO gateways (seller_id, api_key_hash, api_key_sealed) VALUES ($1, $2, $3)
       ON CONFLICT (seller_id) DO NOTHING`,
      [sellerId, hash, sealed],
    );
    const row = await this.one<GatewayRow>(
      'SELECT * FROM gateways WHERE seller_id = $1 FOR UPDATE',
      [sellerId],
    );
    return row!;
  }

  /** Sets columns of a gateway that the caller holds locked. */
  async change(sellerId: string, columns: GatewayColumns): Promise<GatewayRow> {
    const values: unknown[] = [sellerId];
    const sets = Object.entries(columns)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${COLUMNS[name as keyof GatewayColumns]} = $${values.push(value)}`);
    const row = await this.one<GatewayRow>(
      `UPDATE gateways SET ${[...sets, 'updated_at = now()'].join(', ')} WHERE seller_id = $1 RETURNING *`,
      values,
    );
    return row!;
  }

  async replaceKey(sellerId: string, hash: Buffer, sealed: Buffer): Promise<void> {
    await this.affected(
      'UPDATE gateways SET api_key_hash = $2, api_key_sealed = $3, updated_at = now() WHERE seller_id = $1',
      [sellerId, hash, sealed],
    );
  }
}

const COLUMNS: Record<keyof GatewayColumns, string> = {
  requireHwid: 'require_hwid',
  limitRequests: 'limit_requests',
  requestsPerMinute: 'requests_per_minute',
  keyPrefix: 'key_prefix',
  keyLength: 'key_length',
  keyLetters: 'key_letters',
  keyNumbers: 'key_numbers',
  keyHyphens: 'key_hyphens',
  keyHyphenEvery: 'key_hyphen_every',
  grantedChannelSealed: 'granted_channel_sealed',
  refusedChannelSealed: 'refused_channel_sealed',
};
