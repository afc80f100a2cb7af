import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/crypto';
import { DeferredWrite, Repository } from '../../platform/database';
import type { LicenseAddressEntity } from './entities/license-address.entity';

@Injectable()
export class AddressesRepository extends Repository {
  /** The addresses a licence was used from, first bound first. */
  list(licenseId: string): Promise<LicenseAddressEntity[]> {
    return this.rows(
      'SELECT * FROM license_addresses WHERE license_id = $1 ORDER BY bound_at, id',
      [licenseId],
    );
  }

  /**
   * The write that binds an address, for the end of the caller's transaction: it holds the licence
   * locked and has judged that the address fits.
   */
  binding(licenseId: string, address: string): DeferredWrite {
    return (bind) =>
      `INSERT INTO license_addresses (id, license_id, address) VALUES (${bind(newId())}, ${bind(licenseId)}, ${bind(address)})`;
  }

  /** Forgets every address; returns how many there were. */
  forgetAll(licenseId: string): Promise<number> {
    return this.affected('DELETE FROM license_addresses WHERE license_id = $1', [licenseId]);
  }
}
