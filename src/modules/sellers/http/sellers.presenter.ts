import { publicId } from '../../../kernel';
import type { Seller, SignedInSeller } from '../sellers.service';
import type { ProfileView, SignedInSellerView } from './dto/auth.views';

/** `data` of register and login [seed 000]. */
export function presentSignedIn({ seller, tokens }: SignedInSeller): SignedInSellerView {
  const { id, email, name, plan } = seller;
  return { id: publicId('seller', id), email, name, plan, ...tokens };
}

/** `data` of profile [seed 000]. */
export function presentProfile(seller: Seller): ProfileView {
  const { id, email, name, plan, createdAt } = seller;
  return { id: publicId('seller', id), email, name, plan, createdAt: createdAt.toISOString() };
}
