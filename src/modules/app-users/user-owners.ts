import { Injectable } from '@nestjs/common';
import type { SellerCaller } from '../../kernel';
import { AppsService, OwnedApp } from '../apps';
import { AppUsersRepository } from './app-users.repository';
import { UserErrors } from './domain/app-users.errors';

/** Finds the application of a user, on wires whose paths do not name it. */
@Injectable()
export class UserOwners {
  constructor(
    private readonly apps: AppsService,
    private readonly users: AppUsersRepository,
  ) {}

  /**
   * The application, if it is the caller's: a user of somebody else is a missing one.
   * @throws USER_NOT_FOUND
   */
  async requireAppOf(caller: SellerCaller, userId: string): Promise<OwnedApp> {
    const appId = await this.users.appOf(userId);
    const app = appId && (await this.apps.findOwned(caller, appId));
    if (!app) throw UserErrors.USER_NOT_FOUND();
    return app;
  }
}
