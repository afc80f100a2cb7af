import { ApiProperty } from '@nestjs/swagger';
import { PageQuery, TextField } from '../../../platform/http';

const KEY = 'A1B2-C3D4-E5F6-G7H8';

export class DenialsQuery extends PageQuery {
  @TextField({
    max: 64,
    optional: true,
    pattern: /^[A-Za-z0-9._-]+$/,
    patternHelp: 'a request id',
    description: 'Only this request: `requestId` of the answer, which clients can show',
    example: '4f1c0a9e2b00001a',
  })
  requestId?: string;

  @TextField({
    max: 64,
    optional: true,
    description: 'Only this user name, whatever its case',
    example: 'john',
  })
  username?: string;

  @TextField({ max: 128, optional: true, description: 'Only this licence key', example: KEY })
  key?: string;

  @TextField({ max: 256, optional: true, description: 'Only this device', example: 'HWID-A1B2' })
  hwid?: string;
}

export class DenialView {
  @ApiProperty({ example: 'att_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ format: 'date-time' })
  time: string;

  @ApiProperty({ example: 'authon', description: 'The wire it came by' })
  wire: string;

  @ApiProperty({ example: 'login', description: 'What the client asked for' })
  action: string;

  @ApiProperty({ example: 'HWID_MISMATCH', description: 'See docs/errors.md' })
  code: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'device is bound or fits',
    description: 'The rung of the ladder that objected',
  })
  rung: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What mattered',
    example: { maxDevices: 1, boundDevices: 1, presentedDevice: true },
  })
  facts: Record<string, unknown>;

  @ApiProperty({ type: String, nullable: true, example: 'john' })
  username: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'A1B2-…-G7H8', description: 'Masked' })
  key: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'HWID-A1B2' })
  hwid: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  ip: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'US', description: 'ISO 3166-1' })
  country: string | null;

  @ApiProperty({ example: '4f1c0a9e2b00001a' })
  requestId: string;
}
