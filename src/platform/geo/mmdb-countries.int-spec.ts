import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mmdb } from '../../../test/support/mmdb';
import { parseConfig } from '../../config';
import { CountryFileError, MmdbCountries } from '.';

const FILE = mmdb([
  ['198.51.100.0/24', { country_code: 'NZ' }],
  ['203.0.113.0/25', { country: { iso_code: 'PT' } }],
  ['192.0.2.0/24', { country_code: 'none of ours' }],
  ['2001:0db8::/32', { country_code: 'IS' }],
]);

describe('the country of an address', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-geo-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  async function countries(file?: Buffer | string): Promise<MmdbCountries> {
    const path = join(directory, 'countries.mmdb');
    if (file !== undefined) writeFileSync(path, file);
    const made = new MmdbCountries(parseConfig(file === undefined ? {} : { GEOIP_DB_PATH: path }));
    await made.onModuleInit();
    return made;
  }

  test.each([
    ['198.51.100.7', 'NZ'],
    ['::ffff:198.51.100.7', 'NZ'],
    ['203.0.113.127', 'PT'],
    ['203.0.113.128', null],
    ['192.0.2.1', null],
    ['2001:db8::1', 'IS'],
    ['2001:db9::1', null],
    ['127.0.0.1', null],
    ['example.com', null],
    ['', null],
    [null, null],
  ])('%s is of %s, by a file of the operator', async (ip, expected) => {
    expect((await countries(FILE)).of(ip)).toBe(expected);
  });

  test('the file that comes along knows countries, and none of private addresses', async () => {
    const shipped = await countries();
    expect(shipped.of('8.8.8.8')).toMatch(/^[A-Z]{2}$/);
    expect(shipped.of('2001:4860:4860::8888')).toMatch(/^[A-Z]{2}$/);
    for (const ip of ['127.0.0.1', '10.1.2.3', '192.168.1.1', '172.16.0.1', '::1', 'fe80::1']) {
      expect(shipped.of(ip)).toBeNull();
    }
  });

  test('a file that is none stops the start, and a path without a file', async () => {
    await expect(countries('no database')).rejects.toThrow(CountryFileError);
    const missing = new MmdbCountries(parseConfig({ GEOIP_DB_PATH: join(directory, 'none') }));
    await expect(missing.onModuleInit()).rejects.toThrow(/GEOIP_DB_PATH: .+ cannot be read/);
  });
});
