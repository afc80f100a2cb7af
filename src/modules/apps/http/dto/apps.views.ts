import { ApiProperty } from '@nestjs/swagger';
import { APP_STATUSES } from '../../domain/app';

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

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
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
