import { EnumField, InstantField, TextField, WholeListQuery } from '../../../../platform/http';
import { BLACKLIST_TYPES, BlacklistType } from '../../domain/blacklist';

const REASON = { max: 500, optional: true, nullable: true } as const;
const EXPIRY = { optional: true, nullable: true, example: '2027-01-01T00:00:00.000Z' } as const;

export class AddBlacklistEntryDto {
  @EnumField(BLACKLIST_TYPES, { example: 'HWID' })
  type: BlacklistType;

  @TextField({
    max: 256,
    example: 'HWID-A1B2C3D4',
    description: 'For `IP` an address or a CIDR network, IPv4 or IPv6, such as 203.0.113.0/24',
  })
  value: string;

  @TextField({ ...REASON, example: 'License sharing detected' })
  reason?: string | null;

  @InstantField({ ...EXPIRY, description: 'Until when it holds; for ever when absent or null' })
  expiresAt?: string | null;
}

export class ChangeBlacklistEntryDto {
  @TextField({ ...REASON, example: 'Charged back' })
  reason?: string | null;

  @InstantField({ ...EXPIRY, description: 'null is for ever; an instant in the past lifts it' })
  expiresAt?: string | null;
}

export class ListBlacklistQuery extends WholeListQuery {
  @EnumField(BLACKLIST_TYPES, { optional: true, example: 'HWID' })
  type?: BlacklistType;
}
