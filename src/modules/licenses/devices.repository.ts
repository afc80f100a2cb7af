import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/crypto';
import { DeferredWrite, Repository } from '../../platform/database';
import type { LicenseDeviceEntity } from './entities/license-device.entity';

@Injectable()
export class DevicesRepository extends Repository {
  /** Every device on record for the licence, first bound first. */
  list(licenseId: string): Promise<LicenseDeviceEntity[]> {
    return this.rows('SELECT * FROM license_devices WHERE license_id = $1 ORDER BY bound_at, id', [
      licenseId,
    ]);
  }

  /** First bound device of each licence. */
  async firstBound(licenseIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.rows<{ licenseId: string; hwid: string }>(
      `SELECT DISTINCT ON (license_id) license_id, hwid FROM license_devices
        WHERE license_id = ANY($1) AND released_at IS NULL ORDER BY license_id, bound_at, id`,
      [licenseIds],
    );
    return new Map(rows.map((row) => [row.licenseId, row.hwid]));
  }

  /**
   * The write that binds a device, for the end of the caller's transaction: it holds the licence
   * locked and has judged that the device fits.
   */
  binding(licenseId: string, hwid: string): DeferredWrite {
    return (bind) =>
      `INSERT INTO license_devices (id, license_id, hwid) VALUES (${bind(newId())}, ${bind(licenseId)}, ${bind(hwid)})`;
  }

  /**
   * Releases every bound device and forgets those released before; returns how many it released.
   * When nothing is bound nothing is forgotten either: a second reset must not lift the cooldown.
   */
  async releaseAll(licenseId: string): Promise<number> {
    await this.affected(
      `DELETE FROM license_devices WHERE license_id = $1 AND released_at IS NOT NULL
          AND EXISTS (SELECT 1 FROM license_devices WHERE license_id = $1 AND released_at IS NULL)`,
      [licenseId],
    );
    return this.affected(
      `UPDATE license_devices SET released_at = clock_timestamp()
        WHERE license_id = $1 AND released_at IS NULL`,
      [licenseId],
    );
  }
}
