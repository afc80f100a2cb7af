import { ApiProperty } from '@nestjs/swagger';

const INSTANT = { type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const;
const TEXT_OR_NULL = { type: String, nullable: true } as const;

/** A grant [seed 003]. */
export class TkiAuthView {
  @ApiProperty({ example: 'Successful Authentication!' })
  status_msg: string;

  @ApiProperty({ enum: ['success'] })
  status_overview: string;

  @ApiProperty({ type: 'integer', example: 200 })
  status_code: number;

  @ApiProperty({
    example: '1.0.0',
    description: 'Of the product; as requested for a staff licence',
  })
  version: string;

  @ApiProperty({
    example: '123456789012345678',
    description: 'Empty when the licence has no owner',
  })
  discord_id: string;

  @ApiProperty({ example: 'john_doe' })
  discord_username: string;

  @ApiProperty({ example: '@john_doe#0001' })
  discord_tag: string;

  @ApiProperty({ example: '12/31/2024', description: '`MM/DD/YYYY` in UTC, or `Never`' })
  expire_date: string;

  @ApiProperty({ example: false })
  staff_license: boolean;

  @ApiProperty({ example: 'MyProduct', description: 'As requested' })
  product: string;
}

export class TkiProductView {
  @ApiProperty({ format: 'uuid', example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  id: string;

  @ApiProperty({ example: 'MyProduct' })
  name: string;

  @ApiProperty({ example: '1.0.0' })
  version: string;

  @ApiProperty({ enum: ['ACTIVE', 'PAUSED'] })
  status: string;

  @ApiProperty({ description: 'Whether programs must tell exactly this version (D-T5)' })
  enforceVersion: boolean;
}

export class TkiLicenseView {
  @ApiProperty({ example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'TKI-7KQ2M-9WDX4-TBHJ3' })
  licensekey: string;

  @ApiProperty({ enum: ['UNUSED', 'USED', 'EXPIRED', 'BANNED', 'SUSPENDED', 'REVOKED'] })
  status: string;

  @ApiProperty({ ...TEXT_OR_NULL, example: '123456789012345678' })
  discord_id: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'john_doe' })
  discord_username: string | null;

  @ApiProperty({ example: '@john_doe#0001' })
  discord_tag: string;

  @ApiProperty({
    ...TEXT_OR_NULL,
    example: '12/31/2026',
    description: '`MM/DD/YYYY` in UTC, or `Never`; null while its time has not begun',
  })
  expire_date: string | null;

  @ApiProperty({ example: false })
  staff_license: boolean;

  @ApiProperty({ type: 'integer', description: '0 is no limit', example: 1 })
  ip_cap: number;

  @ApiProperty({ type: 'integer', description: '0 is no limit', example: 1 })
  hwid_cap: number;

  @ApiProperty({ ...TEXT_OR_NULL, example: null })
  note: string | null;

  @ApiProperty(INSTANT)
  created_at: string;
}

export class TkiLicenseDetailView extends TkiLicenseView {
  @ApiProperty({ type: [String], example: ['192.168.1.1:25565'] })
  ips: string[];

  @ApiProperty({ type: [String], example: ['unique-hardware-id'] })
  hwids: string[];
}

export class TkiResetView {
  @ApiProperty({ type: 'integer', description: 'Entries forgotten', example: 1 })
  released: number;
}

export class TkiBlacklistView {
  @ApiProperty({ example: 'bl_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ enum: ['ip', 'hwid', 'license', 'username'] })
  type: string;

  @ApiProperty({ example: '203.0.113.7' })
  value: string;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'Leaked' })
  reason: string | null;

  @ApiProperty({ ...INSTANT, nullable: true })
  expires_at: string | null;

  @ApiProperty({ type: 'integer', description: 'Requests it refused (D-T8)', example: 3 })
  attempts: number;

  @ApiProperty({ ...INSTANT, nullable: true })
  last_attempt: string | null;

  @ApiProperty(INSTANT)
  created_at: string;
}

/** Named as in the document's configuration [doc 003, 4.3]. */
export class TkiSettingsView {
  @ApiProperty({ example: 'tk_0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978' })
  APIKey: string;

  @ApiProperty({ example: true })
  RequireHWID: boolean;

  @ApiProperty({ example: true })
  RatelimitEnabled: boolean;

  @ApiProperty({ type: 'integer', example: 100 })
  RatelimitMax: number;

  @ApiProperty({ example: 'TKI-' })
  LicensePrefix: string;

  @ApiProperty({ type: 'integer', example: 15 })
  Amount: number;

  @ApiProperty({ example: true })
  IncludeLetters: boolean;

  @ApiProperty({ example: true })
  IncludeNumbers: boolean;

  @ApiProperty({ example: true })
  UseHyphens: boolean;

  @ApiProperty({ type: 'integer', example: 5 })
  HyphenEvery: number;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'https://discord.com/api/webhooks/123/****' })
  SuccessfulLogChannel: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: null })
  FailedLogChannel: string | null;
}

export class TkiKeyView {
  @ApiProperty({ example: 'tk_0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978' })
  APIKey: string;
}

export class TkiAttemptView {
  @ApiProperty({ example: 'att_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty(INSTANT)
  at: string;

  @ApiProperty({ enum: ['success', 'failed'] })
  status_overview: string;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'VERSION_MISMATCH', description: 'Code of the refusal' })
  reason: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'MyProduct' })
  product: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: '1.0.0' })
  version: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: '***-*****-*****-TBHJ3', description: 'Masked' })
  licensekey: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: '192.168.1.1', description: 'As declared' })
  ip: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'unique-hardware-id' })
  hwid: string | null;

  @ApiProperty({
    ...TEXT_OR_NULL,
    example: '203.0.113.7',
    description: 'Where the request came from',
  })
  connection_ip: string | null;

  @ApiProperty({ ...TEXT_OR_NULL, example: 'MyApp/1.0.0' })
  user_agent: string | null;

  @ApiProperty({ example: '01f2a6c0d4b84a0c' })
  request_id: string;
}

export class TkiAnalyticsView {
  @ApiProperty({ format: 'date', example: '2026-01-31' })
  day: string;

  @ApiProperty({ type: 'integer', example: 120 })
  attempts: number;

  @ApiProperty({ type: 'integer', example: 118 })
  successes: number;

  @ApiProperty({ type: 'integer', example: 40 })
  distinct_ips: number;

  @ApiProperty({ type: 'integer', example: 38 })
  distinct_hwids: number;
}
