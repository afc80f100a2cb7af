import { Global, Module } from '@nestjs/common';
import { Countries } from './countries';
import { MmdbCountries } from './mmdb-countries';

/** Tells the countries of addresses, for every module. */
@Global()
@Module({
  providers: [{ provide: Countries, useClass: MmdbCountries }],
  exports: [Countries],
})
export class GeoModule {}
