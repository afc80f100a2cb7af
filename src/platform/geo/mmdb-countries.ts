import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Reader, Response } from 'maxmind';
import { readFile } from 'node:fs/promises';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { addressText, parseAddress } from '../network';
import { Countries } from './countries';

const SHIPPED = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const COUNTRY = /^[A-Z]{2}$/;

/** Networks of nobody's country, whatever a file says: the one that comes along is not silent of all. */
const PRIVATE = ['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'];

/** What files say of an address: the one that comes along, and those of MaxMind. */
interface Entry {
  readonly country_code?: unknown;
  readonly country?: { readonly iso_code?: unknown };
}

/** A file that is no database of countries. */
export class CountryFileError extends Error {
  constructor(path: string, cause: unknown) {
    super(`GEOIP_DB_PATH: ${path} cannot be read as a MaxMind database`, { cause });
    this.name = 'CountryFileError';
  }
}

/** Reads a MaxMind database: the operator's (`GEOIP_DB_PATH`), or the one that comes along (CC0). */
@Injectable()
export class MmdbCountries extends Countries implements OnModuleInit {
  private reader: Reader<Response> | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
  }

  /** A file that cannot be read stops the start. @throws CountryFileError */
  async onModuleInit(): Promise<void> {
    const path = this.config.GEOIP_DB_PATH ?? require.resolve(SHIPPED);
    try {
      this.reader = new Reader(await readFile(path));
    } catch (error) {
      throw new CountryFileError(path, error);
    }
  }

  of(ip: string | null): string | null {
    const address = ip === null ? null : parseAddress(ip);
    if (!address || !this.reader) return null;
    // A file of IPv4 alone knows nothing of the other kind.
    if (address.length > 1 && this.reader.metadata.ipVersion === 4) return null;
    const text = addressText(address);
    if (PRIVATE.includes(ipaddr.parse(text).range())) return null;
    const entry = this.reader.get(text) as Entry | null;
    const code = entry?.country_code ?? entry?.country?.iso_code;
    return typeof code === 'string' && COUNTRY.test(code) ? code : null;
  }
}
