import { ApiProperty } from '@nestjs/swagger';
import { DURATION_TYPES } from '../../../../kernel';
import { LICENSE_STATUSES } from '../../../licenses';
import { Prices, RESELLER_STATUSES } from '../../domain/reseller';

const PRICES = Object.fromEntries(
  DURATION_TYPES.map((type) => [type, { type: 'integer', minimum: 1 }]),
);
const SOLD_DURATIONS = [...DURATION_TYPES, 'custom'];

export class ResellerView {
  @ApiProperty({ example: 'rsl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'reseller1' })
  username: string;

  @ApiProperty({ enum: RESELLER_STATUSES })
  status: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Credits', example: 50 })
  balance: number;

  @ApiProperty({
    type: 'object',
    properties: PRICES as never,
    additionalProperties: false,
    description: 'Credits a key by duration; what is not named costs 1',
    example: { '30d': 2 },
  })
  prices: Prices;

  @ApiProperty({
    type: 'array',
    items: { type: 'integer' },
    nullable: true,
    description: 'Levels they may sell; null is any',
    example: [1, 2],
  })
  levels: number[] | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: [...DURATION_TYPES] },
    nullable: true,
    description: 'Durations they may sell; null is any',
    example: null,
  })
  durations: string[] | null;

  @ApiProperty({ type: String, nullable: true, example: 'Invoice 42' })
  note: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastLoginAt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class LedgerLineView {
  @ApiProperty({ example: 'led_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: '1, 2, 3 … without a gap', example: 2 })
  position: number;

  @ApiProperty({ enum: ['TOPUP', 'GENERATE', 'REFUND'], example: 'GENERATE' })
  kind: string;

  @ApiProperty({
    type: 'integer',
    description: 'Credits; negative when they were spent',
    example: -5,
  })
  amount: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'The sum of all amounts up to here',
    example: 45,
  })
  balanceAfter: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Keys made or given back',
    example: 5,
  })
  keys: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Credits a key', example: 1 })
  unitPrice: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The licence that was refunded',
    example: null,
  })
  licenseId: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  note: string | null;

  @ApiProperty({ enum: ['seller', 'api-token', 'reseller'], example: 'reseller' })
  actor: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class SignedInResellerView {
  @ApiProperty({ description: 'JWT for `Authorization: Bearer`; 24 hours' })
  token: string;

  @ApiProperty({ example: 'reseller1' })
  username: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Credits', example: 50 })
  balance: number;
}

class SoldKeyTermsView {
  @ApiProperty({ example: 'RESELL-7KQ2-M9WD-X4TB' })
  key: string;

  @ApiProperty({ enum: SOLD_DURATIONS, description: '`custom` after an extension by the seller' })
  durationType: string;

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty({ example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ type: 'integer', example: 1 })
  level: number;

  @ApiProperty({ type: 'integer', example: 1 })
  maxDevices: number;

  @ApiProperty({ type: String, nullable: true, example: 'RESELL' })
  prefix: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  note: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'Credits paid for it, and given back when it is deleted unused',
    example: 1,
  })
  price: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class MadeKeyView extends SoldKeyTermsView {}

export class SoldKeyView extends SoldKeyTermsView {
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'First use' })
  activatedAt: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null while unused, and for lifetime',
  })
  expiresAt: string | null;
}

export class BalanceView {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Credits', example: 45 })
  balance: number;
}

export class ResellerStatsView extends BalanceView {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Keys made and kept', example: 25 })
  totalKeys: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Activated ones', example: 20 })
  usedKeys: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'The rest', example: 5 })
  unusedKeys: number;
}
