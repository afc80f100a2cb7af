import { ApiProperty } from '@nestjs/swagger';
import { BLACKLIST_TYPES } from '../../domain/blacklist';

export class BlacklistEntryView {
  @ApiProperty({ example: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ enum: BLACKLIST_TYPES, example: 'HWID' })
  type: string;

  @ApiProperty({ example: 'HWID-A1B2C3D4' })
  value: string;

  @ApiProperty({ type: String, nullable: true, example: 'License sharing detected' })
  reason: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when it holds; null is for ever',
  })
  expiresAt: string | null;

  @ApiProperty({ type: 'integer', description: 'Requests it refused', example: 3 })
  attempts: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastAttemptAt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}
