import { DURATION_TYPES, DurationType } from '../../../../kernel';
import {
  EnumField,
  EnumListField,
  IntField,
  IntListField,
  IntMapField,
  NameField,
  PageQuery,
  PasswordField,
  TextField,
} from '../../../../platform/http';
import {
  KEY_MAX,
  LEVEL_MAX,
  LICENSE_STATUSES,
  LicenseStatus,
  MAX_DEVICES_MAX,
} from '../../../licenses';
import {
  CREDITS_MAX,
  KEYS_MAX,
  Prices,
  RESELLER_STATUSES,
  ResellerStatus,
} from '../../domain/reseller';

export const STATEMENT_FORMATS = ['json', 'csv'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

const LEVELS_MAX = 100;

const PricesField = () =>
  IntMapField(DURATION_TYPES, {
    min: 1,
    max: CREDITS_MAX,
    optional: true,
    example: { '30d': 2, lifetime: 10 },
    description: 'Credits a key by duration; what is not named costs 1',
  });
const LevelsField = () =>
  IntListField(
    { min: 0, max: LEVEL_MAX },
    {
      max: LEVELS_MAX,
      optional: true,
      nullable: true,
      example: [1, 2],
      description: 'Levels they may sell; null is any',
    },
  );
const DurationsField = () =>
  EnumListField(DURATION_TYPES, {
    optional: true,
    nullable: true,
    example: ['30d', 'lifetime'],
    description: 'Durations they may sell; null is any',
  });
const NoteField = (description?: string) =>
  TextField({
    max: 500,
    optional: true,
    nullable: true,
    multiline: true,
    example: 'Invoice 42',
    ...(description ? { description } : {}),
  });

export class CreateResellerDto {
  @NameField({ max: 64, example: 'reseller1' })
  username: string;

  @PasswordField('set', { example: 'resellerpass' })
  password: string;

  @IntField({
    min: 0,
    max: CREDITS_MAX,
    optional: true,
    example: 50,
    description: 'Credits to begin with, booked as a top-up; 0 when absent',
  })
  balance?: number;

  @PricesField()
  prices?: Prices;

  @LevelsField()
  levels?: number[] | null;

  @DurationsField()
  durations?: DurationType[] | null;

  @NoteField('For the seller only')
  note?: string | null;
}

export class ChangeResellerDto {
  @PasswordField('set', {
    optional: true,
    example: 'another passphrase',
    description: 'A new password makes every token of the reseller worthless',
  })
  password?: string;

  @EnumField(RESELLER_STATUSES, {
    optional: true,
    example: 'SUSPENDED',
    description: 'A suspension makes every token of the reseller worthless',
  })
  status?: ResellerStatus;

  @PricesField()
  prices?: Prices;

  @LevelsField()
  levels?: number[] | null;

  @DurationsField()
  durations?: DurationType[] | null;

  @NoteField('For the seller only')
  note?: string | null;
}

export class TopUpDto {
  @IntField({ min: 1, max: CREDITS_MAX, example: 100, description: 'Credits' })
  amount: number;

  @NoteField('Stands in the ledger, which the reseller reads too')
  note?: string | null;
}

export class StatementQuery {
  @EnumField(STATEMENT_FORMATS, {
    optional: true,
    example: 'csv',
    description: '`json` when absent',
  })
  format: StatementFormat = 'json';
}

export class ResellerLoginDto {
  @TextField({
    max: 64,
    example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
    description: 'Application id',
  })
  appId: string;

  @TextField({ max: 128, example: 'as_0123456789abcdef0123456789abcdef' })
  apiKey: string;

  @TextField({ max: 64, example: 'reseller1' })
  username: string;

  @PasswordField('try', { example: 'resellerpass' })
  password: string;
}

export class GenerateKeysDto {
  @IntField({ min: 1, max: KEYS_MAX, optional: true, example: 5, description: '1 when absent' })
  count?: number;

  @EnumField(DURATION_TYPES, {
    example: '30d',
    description: 'How long a key lasts from its first use',
  })
  durationType: DurationType;

  @IntField({ min: 0, max: LEVEL_MAX, optional: true, example: 1, description: '1 when absent' })
  level?: number;

  @IntField({
    min: 1,
    max: MAX_DEVICES_MAX,
    optional: true,
    example: 1,
    description: 'Devices bound and sessions live at once; 1 when absent',
  })
  maxDevices?: number;

  @TextField({
    max: 16,
    optional: true,
    nullable: true,
    pattern: /^[A-Za-z0-9_-]{1,16}$/,
    patternHelp: '1 to 16 letters, digits, underscores or hyphens',
    example: 'RESELL',
  })
  prefix?: string | null;

  @NoteField()
  note?: string | null;
}

export class ListKeysQuery extends PageQuery {
  @EnumField(LICENSE_STATUSES, { optional: true, example: 'UNUSED' })
  status?: LicenseStatus;

  @TextField({ max: KEY_MAX, optional: true, description: 'Part of a key', example: 'RESELL-A8F2' })
  search?: string;
}
