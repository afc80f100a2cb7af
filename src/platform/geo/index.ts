export { Countries } from './countries';
export { GeoModule } from './geo.module';
export { CountryFileError, MmdbCountries } from './mmdb-countries';
