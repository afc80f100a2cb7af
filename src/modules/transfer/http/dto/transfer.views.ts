import { ApiProperty } from '@nestjs/swagger';

export class TallyView {
  @ApiProperty({ type: 'integer', minimum: 0, example: 1200 })
  created: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Exist already, equal in all that the file says of them',
    example: 34,
  })
  unchanged: number;
}

export class ImportErrorView {
  @ApiProperty({
    enum: ['licenses', 'users', 'subscription', 'file'],
    description: 'List of the file',
  })
  list: string;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Position in the list, from 1; a CSV header is not counted',
    example: 17,
  })
  row: number;

  @ApiProperty({ example: 'level' })
  field: string;

  @ApiProperty({ example: 'must be a whole number from 0 to 1000000' })
  message: string;
}

export class ImportReportView {
  @ApiProperty()
  dryRun: boolean;

  @ApiProperty({ type: TallyView })
  licenses: TallyView;

  @ApiProperty({ type: TallyView })
  users: TallyView;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Rows that cannot be imported',
    example: 0,
  })
  errorCount: number;

  @ApiProperty({ type: [ImportErrorView], description: 'The first 1,000 of what is wrong' })
  errors: ImportErrorView[];
}

/** A device in a file. */
export class DeviceRecordView {
  @ApiProperty({ example: 'HWID-A1B2C3D4' })
  hwid: string;

  @ApiProperty({ format: 'date-time' })
  boundAt: string;
}

/** A licence in a file. An import may leave out everything but `key` and how long it lasts. */
export class LicenseRecordView {
  @ApiProperty({ type: String, example: 'VIP-7KQ2-M9WD-X4TB' })
  key: string;

  @ApiProperty({ type: String, nullable: true, enum: ['BANNED', 'SUSPENDED', 'REVOKED'] })
  hold: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'First use' })
  activatedAt: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null is never; left out, it follows from first use and duration',
  })
  expiresAt: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'From first use; null is for ever' })
  durationSeconds: number | null;

  @ApiProperty({ type: 'integer' })
  level: number;

  @ApiProperty({ type: 'integer' })
  maxDevices: number;

  @ApiProperty({ type: String, nullable: true })
  prefix: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  subscription: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  devicesResetAt: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: [DeviceRecordView] })
  devices: DeviceRecordView[];
}

/**
 * A user in a file. An import may leave out everything but `username`; without `licenseKey` it takes
 * `level`, `expiresAt`, `maxDevices`, `subscription` and `hwid` or `devices` of a licence to be issued.
 */
export class UserRecordView {
  @ApiProperty({ type: String, example: 'john' })
  username: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`latchkey:` and a hash of ours, a plain bcrypt hash, or null',
  })
  passwordHash: string | null;

  @ApiProperty({ enum: ['ACTIVE', 'BANNED', 'FROZEN'] })
  status: string;

  @ApiProperty({ type: String, nullable: true })
  banReason: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'null: the user has no licence' })
  licenseKey: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastLoginAt: string | null;

  @ApiProperty({ type: String, nullable: true })
  lastIp: string | null;

  @ApiProperty({ type: String, nullable: true })
  lastHwid: string | null;

  @ApiProperty({ type: String, nullable: true })
  emailSha1: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
}

export class ExportedFileView {
  @ApiProperty({ type: [LicenseRecordView], required: false })
  licenses?: LicenseRecordView[];

  @ApiProperty({ type: [UserRecordView], required: false })
  users?: UserRecordView[];
}
