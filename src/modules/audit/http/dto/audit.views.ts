import { ApiProperty } from '@nestjs/swagger';

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export class PartyView {
  @ApiProperty({ example: 'seller' })
  kind: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'seller_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
    description: 'null for who proved nothing yet, or for what has no id',
  })
  id: string | null;
}

export class AuditRecordView {
  @ApiProperty({ example: 'aud_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 4711,
    description: 'Its number in the tree, from 0; null during the second until it has one',
  })
  sequence: number | null;

  @ApiProperty({ format: 'date-time' })
  time: string;

  @ApiProperty({ type: String, nullable: true, example: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c' })
  appId: string | null;

  @ApiProperty({ type: PartyView, description: 'Who' })
  actor: PartyView;

  @ApiProperty({ description: 'What', example: 'license.ban' })
  action: string;

  @ApiProperty({ type: PartyView, description: 'On what' })
  target: PartyView;

  @ApiProperty({ description: '`granted`, or the code of the refusal', example: 'granted' })
  outcome: string;

  @ApiProperty({ enum: ['info', 'warning', 'critical'] })
  severity: string;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7', description: 'From where' })
  ip: string | null;

  @ApiProperty({ example: '4f1c0a9e2b00001a' })
  requestId: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  details: Record<string, unknown>;

  @ApiProperty({ description: 'Whether `ip` and `details` were erased' })
  erased: boolean;
}

export class CheckpointView {
  @ApiProperty({ type: 'integer', example: 4712, description: 'Number of leaves' })
  size: number;

  @ApiProperty({ example: HASH, description: 'Merkle tree hash (RFC 9162), hexadecimal' })
  root: string;

  @ApiProperty({ format: 'date-time' })
  issuedAt: string;

  @ApiProperty({ example: '3b0b822cd15d6c15', description: 'Names the key' })
  keyId: string;

  @ApiProperty({ description: 'Ed25519, 32 bytes in base64' })
  publicKey: string;

  @ApiProperty({ description: 'Ed25519 over the text of docs/audit.md, base64' })
  signature: string;
}

export class InclusionView {
  @ApiProperty({ example: 'aud_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  recordId: string;

  @ApiProperty({ type: 'integer', example: 4711 })
  index: number;

  @ApiProperty({ description: 'The text that was hashed into the tree, behind a zero byte' })
  leaf: string;

  @ApiProperty({ example: HASH })
  leafHash: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Opens the hashes of `ip` and `details`, hexadecimal; null once they are erased',
  })
  salt: string | null;

  @ApiProperty({ type: [String], description: 'Hashes from the leaf upwards' })
  path: string[];

  @ApiProperty({ type: CheckpointView })
  checkpoint: CheckpointView;
}

export class ConsistencyView {
  @ApiProperty({ type: 'integer', example: 4000 })
  from: number;

  @ApiProperty({ type: [String] })
  path: string[];

  @ApiProperty({ type: CheckpointView })
  checkpoint: CheckpointView;
}
