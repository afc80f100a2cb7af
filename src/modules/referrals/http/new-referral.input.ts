import { Injectable } from '@nestjs/common';
import { parsePublicId } from '../../../kernel';
import { AppUsersService, UserErrors } from '../../app-users';
import type { OwnedApp } from '../../apps';
import type { NewReferral } from '../referrals.service';
import type { CreateReferralCodeDto } from './dto/referrals.dto';

/** Turns the body of a creation into the command: the owner is a user of the application. */
@Injectable()
export class NewReferralInput {
  constructor(private readonly users: AppUsersService) {}

  /** @throws USER_NOT_FOUND */
  async decode(app: OwnedApp, body: CreateReferralCodeDto): Promise<NewReferral> {
    const { code = null, rewardDays, maxUses = null, ownerUserId = null } = body;
    const owner = ownerUserId === null ? null : await this.owner(app, ownerUserId);
    return { code, rewardDays, maxUses, ownerUserId: owner };
  }

  private async owner(app: OwnedApp, publicId: string): Promise<string> {
    const id = parsePublicId('usr', publicId);
    if (id === null) throw UserErrors.USER_NOT_FOUND();
    return (await this.users.get(app, id)).id;
  }
}
