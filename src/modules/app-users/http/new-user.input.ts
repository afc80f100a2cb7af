import { Injectable } from '@nestjs/common';
import { addSeconds, durationSeconds } from '../../../kernel';
import { DatabaseClock } from '../../../platform/clock';
import { invalidInput } from '../../../platform/http';
import type { NewUser } from '../app-users.service';
import type { CreateUserDto } from './dto/app-users.dto';

/** Turns the body of a creation into the command, but for the password: a duration becomes an instant. */
@Injectable()
export class NewUserInput {
  constructor(private readonly clock: DatabaseClock) {}

  decode(body: CreateUserDto): Omit<NewUser, 'passwordHash'> {
    const { username, durationType, expiresAt } = body;
    if (durationType !== undefined && expiresAt !== undefined) {
      throw invalidInput([{ field: 'expiresAt', message: 'goes without durationType' }]);
    }
    const seconds = durationSeconds(durationType ?? 'lifetime');
    const byDuration = addSeconds(new Date(this.clock.nowMs()), seconds);
    return {
      username,
      level: body.level ?? 1,
      maxDevices: body.maxDevices ?? 1,
      expiresAt: expiresAt ? new Date(expiresAt) : byDuration,
      subscription: body.subscription ?? null,
      note: body.note ?? null,
    };
  }
}
