import { AppUserEntity } from './modules/app-users/entities/app-user.entity';
import { AppEntity } from './modules/apps/entities/app.entity';
import { AuditRecordEntity } from './modules/audit/entities/audit-record.entity';
import { BlacklistEntryEntity } from './modules/blacklist/entities/blacklist-entry.entity';
import { LicenseDeviceEntity } from './modules/licenses/entities/license-device.entity';
import { LicenseEntity } from './modules/licenses/entities/license.entity';
import { SellerSessionEntity } from './modules/sellers/entities/seller-session.entity';
import { SellerEntity } from './modules/sellers/entities/seller.entity';
import { SessionEntity } from './modules/sessions/entities/session.entity';
import { IdempotencyKeyEntity } from './platform/http';
import { OutboxEventEntity } from './platform/outbox';
import { SignInAttemptEntity } from './platform/rate-limit';

/** Every table, for the connection and for the generator that compares it with the migrations. */
export const entities = [
  AppEntity,
  AppUserEntity,
  AuditRecordEntity,
  BlacklistEntryEntity,
  IdempotencyKeyEntity,
  LicenseDeviceEntity,
  LicenseEntity,
  OutboxEventEntity,
  SellerEntity,
  SellerSessionEntity,
  SessionEntity,
  SignInAttemptEntity,
] as const;
