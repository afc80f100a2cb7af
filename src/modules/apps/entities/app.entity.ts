import {
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';
import type { AppStatus, FileResponseMode } from '../domain/app';

/** An application of a seller and its settings. */
@Entity('apps')
@Index('apps_seller_created', ['sellerId', 'createdAt', 'id'])
@Index('apps_api_key', ['apiKeyHash'], { unique: true })
export class AppEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'apps_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'apps_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  @Column('text')
  name: string;

  /** Informational (D-A25). */
  @Column('text', { default: '1.0.0' })
  version: string;

  @Column('text', { default: 'ACTIVE' })
  status: AppStatus;

  @Column('text', { nullable: true })
  updateUrl: string | null;

  /** Whether a client must run on a bound device (D-A6). */
  @Column('boolean', { default: true })
  hwidLock: boolean;

  /** Whether `init` must present one of `hashes`. */
  @Column('boolean', { default: false })
  hashCheck: boolean;

  @Column('text', { array: true, default: () => "'{}'" })
  hashes: string[];

  /** Hours after a device reset in which only the former devices may return; 0 is off (D-A7). */
  @Column('integer', { default: 0 })
  hwidResetCooldownHours: number;

  /** Seconds a session lives without a heartbeat (D-A4). */
  @Column('integer', { default: 86_400 })
  sessionTtlSeconds: number;

  /** Shape of generated keys, an X for each random character (D-A10). */
  @Column('text', { default: 'XXXX-XXXX-XXXX-XXXX' })
  keyFormat: string;

  /** Keyed hash, by which a presented key is found. */
  @Column('bytea')
  apiKeyHash: Buffer;

  /** The key under encryption, so that its owner can be shown it again. */
  @Column('bytea')
  apiKeySealed: Buffer;

  /** Whether clients behind a VPN or proxy are refused; see `network` of the configuration. */
  @Column('boolean', { default: false })
  vpnBlock: boolean;

  /** Whether a program that tells its version must tell `version`. */
  @Column('boolean', { default: true })
  enforceVersion: boolean;

  /** Addresses a licence may be used from within a day before sharing is suspected; 0 is off. */
  @Column('integer', { default: 5 })
  sharingThreshold: number;

  /** How `type: "file"` answers (D-A3). */
  @Column('text', { default: 'json' })
  fileResponseMode: FileResponseMode;

  /** The secret shown at creation (D-B8), under encryption. */
  @Column('bytea', { nullable: true })
  secretSealed: Buffer | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
