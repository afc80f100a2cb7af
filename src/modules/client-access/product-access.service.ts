import { Injectable } from '@nestjs/common';
import { granted, Origin } from '../../kernel';
import { Transactions } from '../../platform/database';
import { addressText, parseAddress } from '../../platform/network';
import type { ClientUser } from '../app-users';
import { ClientApp, ClientApps } from '../apps';
import type { ClientGateway } from '../gateways';
import type { License, LockedLicense } from '../licenses';
import type { ClientVerdict } from './client-verdict';
import { ClientScreen } from './client-screen';
import { DeclaredAddress, parseDeclaredAddress } from './domain/declared-address';
import { refusedBy } from './domain/denial';
import { bindsAddress, bindsDevice, climb, ClientFacts, RefusalCode } from './domain/ladder';
import type { PartialClaim, ProductClaim } from './domain/product-claim';
import { ProductLicenses } from './product-licenses';
import { ProductRecords } from './product-records';

export interface ProductGrant {
  readonly license: License;
  /** The version of the licence's application; the claimed one for a staff licence. */
  readonly version: string;
  readonly product: string;
}

/** What is decided about, once the licence is locked. */
interface Judged {
  readonly facts: ClientFacts;
  readonly app: ClientApp | null;
  readonly locked: LockedLicense | null;
  readonly user: ClientUser | null;
}

/** The address a program declares (`host`, `host:port`, IPv6), or null for what is none. */
export function readDeclaredAddress(text: string): DeclaredAddress | null {
  return parseDeclaredAddress(text, (host) => {
    const address = parseAddress(host);
    return address && addressText(address);
  });
}

/**
 * Tells a program that names its product whether a licence key is good for it [doc 003]. No session
 * is opened: the program asks again whenever it wants to know. Every attempt is kept with its reason.
 */
@Injectable()
export class ProductAccess {
  constructor(
    private readonly transactions: Transactions,
    private readonly apps: ClientApps,
    private readonly licenses: ProductLicenses,
    private readonly screen: ClientScreen,
    private readonly records: ProductRecords,
  ) {}

  /** The address the client declares is the one that is judged and bound, not the connection's. */
  async authenticate(
    gateway: ClientGateway,
    claim: ProductClaim,
    origin: Origin,
  ): Promise<ClientVerdict<ProductGrant>> {
    const products = await this.apps.named(gateway.sellerId, claim.product);
    const door = { id: gateway.sellerId, app: products[0] ?? null };
    const looked = await this.screen.presentedKey(
      door,
      origin,
      () => this.decide(gateway, products, claim, origin),
      (verdict) => verdict.granted || verdict.code !== 'KEY_UNKNOWN',
    );
    if (looked.granted) return looked.value;
    await this.turnedAway(gateway, said(claim), looked.code, origin);
    return looked;
  }

  /** Keeps an attempt that was refused before anything was looked up. */
  async turnedAway(
    gateway: ClientGateway,
    claim: PartialClaim,
    code: string,
    origin: Origin,
  ): Promise<void> {
    await this.transactions.run(() => {
      this.records.attempt(gateway, claim, { outcome: code, app: null, license: null }, origin);
      return Promise.resolve();
    });
  }

  private decide(
    gateway: ClientGateway,
    products: readonly ClientApp[],
    claim: ProductClaim,
    origin: Origin,
  ): Promise<ClientVerdict<ProductGrant>> {
    return this.transactions.run(async () => {
      const judged = await this.judge(gateway.sellerId, products, claim);
      const refusal = climb(judged.facts);
      if (refusal) return this.refuse(gateway, claim, judged, refusal, origin);
      return granted(await this.grant(gateway, claim, judged, origin));
    });
  }

  /** Loads what the ladder asks for, the licence locked. */
  private async judge(
    sellerId: string,
    products: readonly ClientApp[],
    { licenseKey, hwid, address, version }: ProductClaim,
  ): Promise<Judged> {
    const preferred = products[0] ?? null;
    const { locked, user, app } = await this.licenses.lock(sellerId, licenseKey, products);
    const at = app ?? preferred;
    const client = { hwid, key: locked?.license.key ?? licenseKey };
    const early = await this.screen.earlyOf(sellerId, at, client, address.ip);
    const facts: ClientFacts = {
      ...early,
      now: locked?.now ?? early.now,
      key: { known: locked !== null, purpose: 'use' },
      license: locked?.license,
      user: user ?? undefined,
      product: {
        known: preferred !== null,
        own: app !== null && products.some(({ id }) => id === app.id),
        versionRight: app !== null && (!app.enforceVersion || app.version === version),
      },
      address: { value: address.text, bound: locked?.addresses ?? [] },
      // Whether an HWID must be told is the gateway's setting; without one no device is judged.
      device: hwid === null || !locked ? undefined : { hwid, ...locked.devices },
    };
    return { facts, app: at, locked, user };
  }

  private async grant(
    gateway: ClientGateway,
    claim: ProductClaim,
    { facts, app, locked }: Judged,
    origin: Origin,
  ): Promise<ProductGrant> {
    const license = await this.licenses.use(locked!.license, facts, origin);
    const bound = { device: bindsDevice(facts), address: bindsAddress(facts) };
    const result = { outcome: 'granted', app, license, facts: { bound, staff: license.staff } };
    this.records.attempt(gateway, said(claim), result, origin);
    this.records.granted(app!, license, said(claim), origin);
    const version = license.staff ? claim.version : app!.version;
    return { license, version, product: claim.product };
  }

  private async refuse(
    gateway: ClientGateway,
    claim: ProductClaim,
    { facts, app, locked, user }: Judged,
    code: RefusalCode,
    origin: Origin,
  ): Promise<ClientVerdict<never>> {
    const license = locked?.license ?? null;
    this.screen.countWithCommit(facts, code);
    if (license) await this.licenses.noteExpiry(license, origin);
    const refusal = refusedBy(code, facts);
    const result = { outcome: code, app, license, facts: refusal.facts };
    this.records.attempt(gateway, said(claim), result, origin);
    if (license && app)
      this.records.refused(app, { license, user, hwid: claim.hwid }, code, origin);
    return refusal;
  }
}

function said({ product, version, licenseKey, hwid, address }: ProductClaim): PartialClaim {
  return {
    product,
    version,
    licenseKey,
    address: address.text,
    ...(hwid === null ? {} : { hwid }),
  };
}
