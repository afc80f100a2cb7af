/** Seller accounts: register, change the password. */
export { SellersService } from './sellers.service';
export type { Seller, SignedInSeller } from './sellers.service';
/** Account page and plan of a seller. */
export { SellerProfiles } from './seller-profiles.service';
/** Codes that every sign-in with a password answers. */
export { SellerErrors } from './domain/sellers.errors';
export { SellersModule } from './sellers.module';
