/** Seller accounts: register, change the password. */
export { SellersService } from './sellers.service';
export type { Seller, SignedInSeller } from './sellers.service';
/** Account page and plan of a seller. */
export { SellerProfiles } from './seller-profiles.service';
export { SellersModule } from './sellers.module';
