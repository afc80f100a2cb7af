import { ApiProperty } from '@nestjs/swagger';
import { APP_STATUSES, FILE_RESPONSE_MODES } from '../../domain/app';

export class AppView {
  @ApiProperty({ format: 'uuid', example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  id: string;

  @ApiProperty({ example: 'My New App' })
  name: string;

  @ApiProperty({
    description: 'Ships inside the client program; grants nothing by itself',
    example: 'as_0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  })
  apiKey: string;

  @ApiProperty({ example: '1.0.0' })
  version: string;

  @ApiProperty({ enum: APP_STATUSES })
  status: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  updateUrl: string | null;

  @ApiProperty()
  hwidLock: boolean;

  @ApiProperty()
  hashCheck: boolean;

  @ApiProperty({ type: [String] })
  hashes: string[];

  @ApiProperty({ type: 'integer' })
  hwidResetCooldownHours: number;

  @ApiProperty({ type: 'integer' })
  sessionTtlSeconds: number;

  @ApiProperty({ example: 'XXXX-XXXX-XXXX-XXXX' })
  keyFormat: string;

  @ApiProperty()
  vpnBlock: boolean;

  @ApiProperty({ type: 'integer' })
  sharingThreshold: number;

  @ApiProperty()
  enforceVersion: boolean;
  @ApiProperty({ enum: FILE_RESPONSE_MODES })
  fileResponseMode: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class CreatedAppView extends AppView {
  @ApiProperty({
    description: 'Shown this once [seed 001]',
    example: '4fd1c0e2a98b7d6c5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d',
  })
  secret: string;
}

class AppCountsView {
  @ApiProperty({ type: 'integer', example: 150 })
  appUsers: number;

  @ApiProperty({ type: 'integer', example: 200 })
  licenses: number;
}

export class ListedAppView extends AppView {
  @ApiProperty({ type: AppCountsView })
  _count: AppCountsView;
}

export class ApiKeyView {
  @ApiProperty({ example: 'as_0f1e2d3c4b5a69788796a5b4c3d2e1f0' })
  apiKey: string;
}
