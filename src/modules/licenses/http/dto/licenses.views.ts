import { ApiProperty } from '@nestjs/swagger';
import { DURATION_TYPES } from '../../../../kernel';
import { LICENSE_STATUSES } from '../../domain/license';

export class LicenseView {
  @ApiProperty({ example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'VIP-7KQ2-M9WD-X4TB' })
  key: string;

  @ApiProperty({ format: 'uuid', example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  appId: string;

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty({
    enum: [...DURATION_TYPES, 'custom'],
    description: '`custom` after an extension of an unused licence, or with an expiry set by hand',
  })
  durationType: string;

  @ApiProperty({ type: 'integer', example: 1 })
  level: number;

  @ApiProperty({ type: 'integer', example: 1 })
  maxDevices: number;

  @ApiProperty({ type: String, nullable: true, example: 'VIP' })
  prefix: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Giveaway batch' })
  note: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  subscription: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'First use' })
  activatedAt: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null for lifetime, and while unused unless the end is fixed',
  })
  expiresAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The reseller who made it; null for keys of your own',
    example: null,
  })
  resellerId: string | null;

  @ApiProperty({ description: 'Good for every product of yours, without limits', example: false })
  staff: boolean;

  @ApiProperty({
    type: 'integer',
    description: 'Addresses it may be used from; 0 is no limit',
    example: 0,
  })
  maxAddresses: number;

  @ApiProperty({ type: String, nullable: true, description: 'Of the owner', example: null })
  discordId: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  discordUsername: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  discordDiscriminator: string | null;
}

export class AddressView {
  @ApiProperty({ example: '203.0.113.7' })
  address: string;

  @ApiProperty({ format: 'date-time' })
  boundAt: string;
}

export class DeviceView {
  @ApiProperty({ example: 'dev_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'HWID-A1B2C3D4' })
  hwid: string;

  @ApiProperty({ format: 'date-time' })
  boundAt: string;
}

export class DevicesResetView {
  @ApiProperty({ type: 'integer', description: 'Devices released', example: 1 })
  released: number;
}
