import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A recovery code that was not used yet; using one deletes it. */
@Entity('seller_recovery_codes')
@Index('seller_recovery_codes_code', ['sellerId', 'codeHash'], { unique: true })
export class RecoveryCodeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'seller_recovery_codes_pkey' })
  id: string;

  @Column('uuid')
  @ForeignKey('SellerEntity', { name: 'seller_recovery_codes_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  @Column('bytea')
  codeHash: Buffer;
}
