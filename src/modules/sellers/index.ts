/** Seller accounts: register, sign in, change the password. */
export { SellersService } from './sellers.service';
export type { Seller, SignedInSeller } from './sellers.service';
/** Codes that every sign-in with a password answers. */
export { SellerErrors } from './domain/sellers.errors';
export { SellersModule } from './sellers.module';
