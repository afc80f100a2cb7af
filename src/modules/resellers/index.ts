/** A seller's verbs on resellers. */
export { ResellersService } from './resellers.service';
export type { NewReseller, ResellerChanges } from './resellers.service';
/** A reseller's verbs: sign in, make keys and give them back, read what is theirs. */
export { ResellerLogin } from './reseller-login';
export type { ResellerCredentials, SignedInReseller } from './reseller-login';
export { ResellerSales } from './reseller-sales';
export type { KeyOrder, Sale } from './reseller-sales';
export { ResellerAccount } from './reseller-account';
export type { KeyFilter, ResellerStats } from './reseller-account';
export { ResellerStatements } from './reseller-statements';
export type { LedgerLine, Reseller, SoldKey } from './reseller-views';
/** Turns a refused sale into the house's error. */
export { ResellerErrors, sold } from './domain/resellers.errors';
export { KEYS_MAX } from './domain/reseller';
export type { SaleRefusal } from './domain/reseller';
export { ResellersModule } from './resellers.module';
