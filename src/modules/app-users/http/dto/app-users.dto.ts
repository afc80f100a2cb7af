import { DURATION_TYPES, DurationType } from '../../../../kernel';
import {
  EnumField,
  InstantField,
  IntField,
  NameField,
  PageQuery,
  PasswordField,
  TextField,
} from '../../../../platform/http';
import { USER_STATUSES, UserStatus } from '../../domain/app-user';

const LEVEL_MAX = 1_000_000;

export class CreateUserDto {
  @NameField({ max: 64, example: 'john' })
  username: string;

  @PasswordField('set', { example: 'securepass123' })
  password: string;

  @IntField({ min: 0, max: LEVEL_MAX, optional: true, example: 1, description: '1 when absent' })
  level?: number;

  @IntField({ min: 1, max: 1_000, optional: true, example: 1, description: '1 when absent' })
  maxDevices?: number;

  @EnumField(DURATION_TYPES, {
    optional: true,
    example: '30d',
    description: 'Counted from now; `lifetime` when neither this nor expiresAt is given',
  })
  durationType?: DurationType;

  @InstantField({ optional: true, nullable: true, example: '2026-12-31T23:59:59.000Z' })
  expiresAt?: string | null;

  @TextField({ max: 64, optional: true, nullable: true, example: 'Pro' })
  subscription?: string | null;

  @TextField({
    max: 500,
    optional: true,
    nullable: true,
    multiline: true,
    example: 'Friend of Ann',
  })
  note?: string | null;
}

export class ListUsersQuery extends PageQuery {
  @TextField({ max: 64, optional: true, description: 'Part of a user name', example: 'john' })
  search?: string;

  @EnumField(USER_STATUSES, { optional: true, example: 'ACTIVE' })
  status?: UserStatus;
}

export class ChangeUserDto {
  @IntField({ min: 0, max: LEVEL_MAX, optional: true, example: 2 })
  level?: number;

  @InstantField({
    optional: true,
    nullable: true,
    description: 'null is for ever',
    example: '2026-12-31T23:59:59.000Z',
  })
  expiresAt?: string | null;

  @TextField({ max: 500, optional: true, nullable: true, multiline: true, example: 'Moderator' })
  note?: string | null;

  @PasswordField('set', { optional: true, description: 'Ends the sessions of the user' })
  password?: string;
}

export class BanUserDto {
  @TextField({ max: 500, optional: true, nullable: true, example: 'Terms violation' })
  reason?: string | null;
}

export class ExtendUserDto {
  @IntField({ min: 1, max: 3_650, example: 30 })
  days: number;
}
