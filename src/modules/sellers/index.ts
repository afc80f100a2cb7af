/** Seller accounts: register, sign in, change the password. */
export { SellersService } from './sellers.service';
export type { Seller, SignedInSeller } from './sellers.service';
export { SellersModule } from './sellers.module';
