import { ApiProperty } from '@nestjs/swagger';
import { USER_STATUSES } from '../../domain/app-user';

export class AppUserView {
  @ApiProperty({ example: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'john' })
  username: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'First bound device',
    example: 'HWID-A1B2C3D4',
  })
  hwid: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of the last login',
    example: '192.168.1.1',
  })
  ip: string | null;

  @ApiProperty({ type: 'integer', example: 1 })
  level: number;

  @ApiProperty({ enum: USER_STATUSES })
  status: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastLogin: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null is for ever; the start of 1970 when the licence was deleted',
  })
  expiresAt: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  banReason: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  note: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  licenseId: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class ExpiryView {
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
}
