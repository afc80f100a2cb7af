import { Injectable } from '@nestjs/common';
import { granted, Origin } from '../../kernel';
import { Transactions } from '../../platform/database';
import type { ClientUser } from '../app-users';
import { ClientApp, ClientApps } from '../apps';
import type { ClientGateway } from '../gateways';
import type { License, LockedLicense } from '../licenses';
import type { ClientVerdict } from './client-verdict';
import { ClientScreen, Presented } from './client-screen';
import { refusedBy } from './domain/denial';
import { bindsAddress, bindsDevice, climb, ClientFacts, RefusalCode } from './domain/ladder';
import { withNamed } from './domain/named-product';
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

interface Decided {
  readonly verdict: ClientVerdict<ProductGrant>;
  /** Whether there is a licence with the key. */
  readonly known: boolean;
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
    const app = products[0] ?? null;
    const looked = await this.screen.presentedKey(
      { id: gateway.sellerId, app },
      origin,
      () => this.decide(gateway, products, claim, origin),
      // Whatever the answer is: a key that nobody has may be refused for the product it names.
      ({ known }) => known,
    );
    if (looked.granted) return looked.value.verdict;
    await this.turnedAway(gateway, said(claim), looked.code, origin, app);
    return looked;
  }

  /** Keeps an attempt that was refused before anything was looked up. */
  async turnedAway(
    gateway: ClientGateway,
    claim: PartialClaim,
    outcome: string,
    origin: Origin,
    app: ClientApp | null = null,
  ): Promise<void> {
    await this.records.turnedAway(gateway, claim, { outcome, app, license: null }, origin);
  }

  private decide(
    gateway: ClientGateway,
    products: readonly ClientApp[],
    claim: ProductClaim,
    origin: Origin,
  ): Promise<Decided> {
    return this.transactions.run(async () => {
      const judged = await this.judge(gateway.sellerId, products, claim);
      const refusal = climb(judged.facts);
      const verdict = refusal
        ? await this.refuse(gateway, claim, judged, refusal, origin)
        : granted(await this.grant(gateway, claim, judged, origin));
      return { verdict, known: judged.locked !== null };
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
    const own = app !== null && products.some(({ id }) => id === app.id);
    const at = app ?? preferred;
    // A key is no way around the blacklist for the name of its user.
    const username = user?.username ?? null;
    const client = { hwid, key: locked?.license.key ?? licenseKey, username };
    const named = own ? at : preferred;
    const early = await this.early(sellerId, { at, named }, client, address.ip);
    const facts: ClientFacts = {
      ...early,
      now: locked?.now ?? early.now,
      key: { known: locked !== null, purpose: 'use' },
      license: locked?.license,
      user: user ?? undefined,
      product: {
        known: preferred !== null,
        own,
        versionRight: app !== null && (!app.enforceVersion || app.version === version),
      },
      address: { value: address.text, bound: locked?.addresses ?? [] },
      // Whether an HWID must be told is the gateway's setting; without one no device is judged.
      device: hwid === null || !locked ? undefined : { hwid, ...locked.devices },
    };
    return { facts, app: at, locked, user };
  }

  /** A product that was named must let the client pass as well, be the licence of another. */
  private async early(
    sellerId: string,
    { at, named }: Record<'at' | 'named', ClientApp | null>,
    client: Presented,
    ip: string | null,
  ): Promise<ClientFacts> {
    const early = await this.screen.earlyOf(sellerId, at, client, ip);
    if (!named || named.id === at?.id) return early;
    return withNamed(early, await this.screen.earlyOf(sellerId, named, client, ip));
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
