import { AppUserEntity } from './modules/app-users/entities/app-user.entity';
import { AppCountEntity } from './modules/apps/entities/app-count.entity';
import { AppEntity } from './modules/apps/entities/app.entity';
import { AuditCheckpointEntity } from './modules/audit/entities/audit-checkpoint.entity';
import { AuditLeafEntity } from './modules/audit/entities/audit-leaf.entity';
import { AuditNodeEntity } from './modules/audit/entities/audit-node.entity';
import { AuditPendingEntity } from './modules/audit/entities/audit-pending.entity';
import { AuthAttemptEntity } from './modules/attempts/entities/auth-attempt.entity';
import { AuditRecordEntity } from './modules/audit/entities/audit-record.entity';
import { BlacklistEntryEntity } from './modules/blacklist/entities/blacklist-entry.entity';
import { KeyGuessesEntity } from './modules/client-access/entities/key-guesses.entity';
import { SellerKeyGuessesEntity } from './modules/client-access/entities/seller-key-guesses.entity';
import { ClientLogEntity } from './modules/client-logs/entities/client-log.entity';
import { AttemptNoticeEntity } from './modules/gateways/entities/attempt-notice.entity';
import { GatewayEntity } from './modules/gateways/entities/gateway.entity';
import { LicenseAddressEntity } from './modules/licenses/entities/license-address.entity';
import { DownloadTicketEntity } from './modules/files/entities/download-ticket.entity';
import { FileBlobEntity } from './modules/files/entities/file-blob.entity';
import { FileEntity } from './modules/files/entities/file.entity';
import { LicenseDeviceEntity } from './modules/licenses/entities/license-device.entity';
import { LicenseEntity } from './modules/licenses/entities/license.entity';
import { PlanLimitEntity } from './modules/plans/entities/plan-limit.entity';
import { ReferralCodeEntity } from './modules/referrals/entities/referral-code.entity';
import { ReferralRedemptionEntity } from './modules/referrals/entities/referral-redemption.entity';
import { LedgerEntryEntity } from './modules/resellers/entities/ledger-entry.entity';
import { ResellerEntity } from './modules/resellers/entities/reseller.entity';
import { ApiTokenEntity } from './modules/sellers/entities/api-token.entity';
import { PasswordResetRequestEntity } from './modules/sellers/entities/password-reset-request.entity';
import { PasswordResetTokenEntity } from './modules/sellers/entities/password-reset-token.entity';
import { RecoveryCodeEntity } from './modules/sellers/entities/recovery-code.entity';
import { SellerSessionEntity } from './modules/sellers/entities/seller-session.entity';
import { SellerEntity } from './modules/sellers/entities/seller.entity';
import { SessionEntity } from './modules/sessions/entities/session.entity';
import { ImportRowEntity } from './modules/transfer/entities/import-row.entity';
import { AppVariableEntity } from './modules/variables/entities/app-variable.entity';
import { ClientVariableEntity } from './modules/variables/entities/client-variable.entity';
import { WebhookDeliveryEntity } from './modules/webhooks/entities/webhook-delivery.entity';
import { WebhookSecretEntity } from './modules/webhooks/entities/webhook-secret.entity';
import { WebhookEntity } from './modules/webhooks/entities/webhook.entity';
import { IdempotencyKeyEntity } from './platform/http';
import { MailEntity } from './platform/mail';
import { EventSequenceEntity, OutboxEventEntity } from './platform/outbox';
import { SignInAttemptEntity } from './platform/rate-limit';

/** Every table, for the connection and for the generator that compares it with the migrations. */
export const entities = [
  ApiTokenEntity,
  AppCountEntity,
  AppEntity,
  AppUserEntity,
  AppVariableEntity,
  AuditCheckpointEntity,
  AuditLeafEntity,
  AuditNodeEntity,
  AuditPendingEntity,
  AttemptNoticeEntity,
  AuditRecordEntity,
  AuthAttemptEntity,
  BlacklistEntryEntity,
  ClientLogEntity,
  ClientVariableEntity,
  GatewayEntity,
  DownloadTicketEntity,
  FileBlobEntity,
  FileEntity,
  EventSequenceEntity,
  IdempotencyKeyEntity,
  ImportRowEntity,
  KeyGuessesEntity,
  LedgerEntryEntity,
  LicenseAddressEntity,
  LicenseDeviceEntity,
  LicenseEntity,
  MailEntity,
  OutboxEventEntity,
  PasswordResetRequestEntity,
  PasswordResetTokenEntity,
  PlanLimitEntity,
  RecoveryCodeEntity,
  ReferralCodeEntity,
  ReferralRedemptionEntity,
  ResellerEntity,
  SellerEntity,
  SellerKeyGuessesEntity,
  SellerSessionEntity,
  SessionEntity,
  SignInAttemptEntity,
  WebhookDeliveryEntity,
  WebhookEntity,
  WebhookSecretEntity,
] as const;
