import { ApiProperty } from '@nestjs/swagger';
import { DURATION_TYPES } from '../../kernel';
import { USER_STATUSES } from '../../modules/app-users';
import { BLACKLIST_TYPES } from '../../modules/blacklist';
import { LICENSE_STATUSES } from '../../modules/licenses';

const TOKEN = { description: 'JWT; names the session', example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6…' };
const USER_ID = { example: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' };
const HWID = { type: String, nullable: true, example: 'ABCD-1234-EFGH' };
const EXPIRY = {
  type: String,
  format: 'date-time',
  nullable: true,
  description: 'null is for ever',
  example: '2026-12-31T23:59:59.000Z',
};
const TEXT_OR_NULL = { type: String, nullable: true, example: null };

class ClientUserView {
  @ApiProperty(USER_ID)
  id: string;

  @ApiProperty({ example: 'testuser' })
  username: string;

  @ApiProperty({ ...HWID, description: 'First bound device' })
  hwid: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Name of the plan (D-B10)' })
  subscription: string | null;

  @ApiProperty(EXPIRY)
  expiresAt: string | null;
}

export class ClientLoginView {
  @ApiProperty(TOKEN)
  token: string;

  @ApiProperty({ type: ClientUserView })
  user: ClientUserView;
}

class NewClientUserView {
  @ApiProperty(USER_ID)
  id: string;

  @ApiProperty({ example: 'newuser' })
  username: string;
}

export class ClientRegisterView {
  @ApiProperty(TOKEN)
  token: string;

  @ApiProperty({ type: NewClientUserView })
  user: NewClientUserView;
}

class ClientKeyView {
  @ApiProperty({ example: 'XXXX-XXXX-XXXX-XXXX' })
  key: string;

  @ApiProperty(EXPIRY)
  expiresAt: string | null;

  @ApiProperty({ ...HWID, description: 'First bound device' })
  hwid: string | null;
}

export class ClientLicenseView {
  @ApiProperty(TOKEN)
  token: string;

  @ApiProperty({ type: ClientKeyView })
  license: ClientKeyView;
}

export class KeyView {
  @ApiProperty({ example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'PRO-A8F2-K9D3-M3B7' })
  key: string;

  @ApiProperty({ format: 'uuid', example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  appId: string;

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty({ enum: [...DURATION_TYPES, 'custom'] })
  durationType: string;

  @ApiProperty({ type: 'integer', example: 1 })
  level: number;

  @ApiProperty({ type: 'integer', example: 1 })
  maxDevices: number;

  @ApiProperty(TEXT_OR_NULL)
  prefix: string | null;

  @ApiProperty(TEXT_OR_NULL)
  note: string | null;

  @ApiProperty(TEXT_OR_NULL)
  subscription: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class ListedUserView {
  @ApiProperty(USER_ID)
  id: string;

  @ApiProperty({ example: 'testuser' })
  username: string;

  @ApiProperty({ ...HWID, description: 'First bound device' })
  hwid: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.168.1.1' })
  ip: string | null;

  @ApiProperty({ type: 'integer', example: 1 })
  level: number;

  @ApiProperty({ enum: USER_STATUSES })
  status: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastLogin: string | null;

  @ApiProperty(EXPIRY)
  expiresAt: string | null;

  @ApiProperty(TEXT_OR_NULL)
  subscription: string | null;

  @ApiProperty(TEXT_OR_NULL)
  note: string | null;
}

export class BlacklistedView {
  @ApiProperty({ example: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ enum: BLACKLIST_TYPES, example: 'HWID' })
  type: string;

  @ApiProperty({ example: 'ABCD-1234-EFGH' })
  value: string;

  @ApiProperty({ type: String, nullable: true, example: 'License sharing detected' })
  reason: string | null;
}

export class OwnKeyView {
  @ApiProperty({ example: 'RESELL-7KQ2-M9WD-X4TB' })
  key: string;

  @ApiProperty({ enum: [...DURATION_TYPES, 'custom'] })
  durationType: string;

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ type: 'integer', example: 1 })
  level: number;

  @ApiProperty({ type: 'integer', example: 1 })
  maxDevices: number;
}

export class ClientFileView {
  @ApiProperty({ pattern: '^[0-9a-z]{6}$', example: 'abc123' })
  id: string;

  @ApiProperty({ example: 'loader.exe' })
  name: string;

  @ApiProperty({ type: 'integer', description: 'Bytes', example: 2516582 })
  size: number;

  @ApiProperty({ type: 'integer', example: 1 })
  minLevel: number;

  @ApiProperty({ type: String, nullable: true, example: '1.2.3' })
  version: string | null;

  @ApiProperty({ example: 'stable' })
  channel: string;

  @ApiProperty({ description: 'Of the content, in hex' })
  sha256: string;
}

export class UploadedFileView extends ClientFileView {
  @ApiProperty({ example: '/uploads/94c39ce0-b3d3-481a-b2ac-4eae5fba888d/abc123_loader.exe' })
  path: string;
}

/** The parts of an uploaded form. */
export class UploadFormView {
  @ApiProperty({ type: 'string', format: 'binary', description: 'Up to `FILE_LIMIT_BYTES`' })
  file: unknown;

  @ApiProperty({ example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  appId: string;

  @ApiProperty({ required: false, description: 'The name of the uploaded file when absent' })
  name?: string;

  @ApiProperty({ type: 'integer', required: false, example: 1, description: '0 when absent' })
  minLevel?: number;

  @ApiProperty({ required: false, example: '1.2.3' })
  version?: string;

  @ApiProperty({ required: false, example: 'stable' })
  channel?: string;
}
