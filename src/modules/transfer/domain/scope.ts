import { CommonErrors, coversScope, SellerCaller } from '../../../kernel';

/**
 * The routes stand in the area of licences; users, with their password hashes, need their own scope.
 * @throws INSUFFICIENT_SCOPE
 */
export function requireUsersScope(
  { seller }: Pick<SellerCaller, 'seller'>,
  scope: 'users:read' | 'users:write',
): void {
  if (!seller.token || coversScope(seller.token.scopes, scope)) return;
  throw CommonErrors.INSUFFICIENT_SCOPE({ message: `This token lacks the scope ${scope}` });
}
