import { ApiProperty } from '@nestjs/swagger';
import { SCOPES } from '../../../../kernel';

export class TokenPairView {
  @ApiProperty({ description: 'JWT for `Authorization: Bearer`; one hour by default' })
  accessToken: string;

  @ApiProperty({ description: 'Opaque; each use returns a new one' })
  refreshToken: string;
}

class SellerIdentityView {
  @ApiProperty({ example: 'seller_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'dev@example.com' })
  email: string;

  @ApiProperty({ example: 'John Developer' })
  name: string;

  @ApiProperty({ enum: ['FREE', 'DEVELOPER', 'PRO', 'ENTERPRISE'], example: 'FREE' })
  plan: string;
}

class PlanLimitsView {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null is no limit', example: 10 })
  apps: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null is no limit', example: 10000 })
  keys: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null is no limit', example: 10000 })
  users: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Of files; null is no limit',
    example: 1073741824,
  })
  storageBytes: number | null;
}

class PlanUsageView {
  @ApiProperty({ type: 'integer', example: 2 })
  apps: number;

  @ApiProperty({
    type: 'integer',
    description: 'Licences of all applications, those behind users included',
    example: 150,
  })
  keys: number;

  @ApiProperty({ type: 'integer', example: 90 })
  users: number;

  @ApiProperty({ type: 'integer', description: 'Of files', example: 2516582 })
  storageBytes: number;
}

export class ProfileView extends SellerIdentityView {
  @ApiProperty({ format: 'date-time', example: '2024-01-15T12:00:00.000Z' })
  createdAt: string;

  @ApiProperty({ description: 'Whether signing in takes a second factor', example: false })
  twoFactor: boolean;

  @ApiProperty({ type: PlanLimitsView, description: 'What the plan allows' })
  limits: PlanLimitsView;

  @ApiProperty({ type: PlanUsageView, description: 'What there is of it' })
  usage: PlanUsageView;
}

export class SignedInSellerView extends SellerIdentityView {
  @ApiProperty({ description: 'JWT for `Authorization: Bearer`; one hour by default' })
  accessToken: string;

  @ApiProperty({ description: 'Opaque; each use returns a new one' })
  refreshToken: string;
}

export class SignInView {
  @ApiProperty({ example: 'ssn_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0' })
  userAgent: string | null;

  @ApiProperty({ format: 'date-time', example: '2024-01-15T12:00:00.000Z' })
  createdAt: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When its tokens were last refreshed',
    example: '2024-01-15T13:00:00.000Z',
  })
  lastUsed: string;

  @ApiProperty({ description: 'Whether it is the one that asks', example: true })
  current: boolean;
}

export class TotpSetupView {
  @ApiProperty({
    description: 'Base32, for typing off',
    example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  })
  secret: string;

  @ApiProperty({
    description: 'For the QR code',
    example: 'otpauth://totp/Latchkey:dev%40example.com?issuer=Latchkey&secret=JBSWY3DP…',
  })
  uri: string;
}

export class RecoveryCodesView {
  @ApiProperty({
    type: [String],
    description: 'Ten codes, each good once; told this once',
    example: ['K7QMX-4WZ9P'],
  })
  recoveryCodes: string[];
}

class ApiTokenIdentityView {
  @ApiProperty({ example: 'tok_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'Build server' })
  name: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: SCOPES },
    example: ['licenses:write'],
  })
  scopes: string[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null never expires',
    example: '2027-01-01T00:00:00.000Z',
  })
  expiresAt: string | null;
}

export class CreatedApiTokenView extends ApiTokenIdentityView {
  @ApiProperty({
    description: 'For `Authorization: Bearer`; told this once',
    example: 'lk_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  })
  token: string;
}

export class ApiTokenView extends ApiTokenIdentityView {
  @ApiProperty({ description: 'Last characters of the token', example: 'x7Qa' })
  tail: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'To the minute; null was never used',
    example: '2026-01-15T12:00:00.000Z',
  })
  lastUsedAt: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-01T12:00:00.000Z' })
  createdAt: string;
}
