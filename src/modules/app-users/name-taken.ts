import { violatesUnique } from '../../platform/database';
import { UserErrors } from './domain/app-users.errors';

/** USERNAME_TAKEN when that is what the database refused, else the error itself. */
export function nameTakenOr(error: unknown): unknown {
  return violatesUnique(error, 'app_users_name') ? UserErrors.USERNAME_TAKEN() : error;
}
