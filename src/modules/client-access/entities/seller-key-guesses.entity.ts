import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/**
 * How many unknown keys were presented to a seller in the hour under way without naming one of their
 * applications.
 */
@Entity('seller_key_guesses')
export class SellerKeyGuessesEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'seller_key_guesses_pkey' })
  @ForeignKey('SellerEntity', { name: 'seller_key_guesses_seller_fkey', onDelete: 'CASCADE' })
  sellerId: string;

  @Column('bigint')
  failures: number;

  @Column('timestamptz')
  windowStartedAt: Date;
}
