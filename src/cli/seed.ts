import type { INestApplicationContext, Type } from '@nestjs/common';
import { parseArgs } from 'node:util';
import { Origin, parseUuid, SellerCaller } from '../kernel';
import { AppsService } from '../modules/apps';
import { UserTransfer } from '../modules/app-users';
import { LicenseTransfer } from '../modules/licenses';
import { SellerProfiles, SellersService } from '../modules/sellers';
import { DatabaseClock } from '../platform/clock';
import { randomHex, randomToken } from '../platform/crypto';
import { Command, CommandError } from './command';
import { withApp } from './with-app';

const USAGE = 'seed --licenses <number> [--users <number>] [--app <id>] [--seller <email>]';
const COUNT_MAX = 100_000_000;

interface SeedOrder {
  readonly licenses: number;
  readonly users: number;
  /** The application; a new one when absent. */
  readonly app: string | undefined;
  /** E-mail of the seller who gets the new application; a new one when absent. */
  readonly seller: string | undefined;
}

/** Fills an application with very many licences and users, to see how the server does with them. */
export const seed: Command = {
  name: 'seed',
  help: `${USAGE}: fill an application`,
  async run(args) {
    const order = orderOf(args);
    await withApp((server, origin) => sow(server, order, origin));
  },
};

async function sow(
  server: INestApplicationContext,
  order: SeedOrder,
  origin: Origin,
): Promise<void> {
  const get = <T>(type: Type<T>) => server.get(type, { strict: false });
  const caller = await callerFor(get, order, origin);
  const apps = get(AppsService);
  const app = order.app ? await apps.get(caller, order.app) : await apps.create(caller, 'Seeded');
  const owned = { ...app, owned: true } as const;
  const now = new Date(get(DatabaseClock).nowMs());
  const made = await get(LicenseTransfer).seed(owned, order.licenses, now);
  console.log(`app ${app.id}, API key ${app.apiKey}: ${made} licences`);
  if (order.users === 0) return;
  const password = randomToken(9);
  const users = await get(UserTransfer).seed(owned, order.users, password);
  console.log(`${users} users (user1, user2, …), password ${password}`);
}

type Get = <T>(type: Type<T>) => T;

/** The seller to act for: of the application, of the address, or a new one whose password is printed. */
async function callerFor(
  get: Get,
  { app, seller }: SeedOrder,
  origin: Origin,
): Promise<SellerCaller> {
  const as = (sellerId: string): SellerCaller => ({
    ...origin,
    seller: { kind: 'seller', sellerId, sessionId: null, token: null },
  });
  if (app !== undefined) return as(await get(AppsService).sellerOf(app));
  if (seller !== undefined) return as((await get(SellerProfiles).byEmail(seller)).id);
  const password = randomToken(12);
  const email = `seed-${randomHex(4)}@example.com`;
  const made = await get(SellersService).register({ email, password, name: 'Seed' }, origin);
  console.log(`seller ${email}, password ${password}`);
  return as(made.seller.id);
}

function orderOf(args: readonly string[]): SeedOrder {
  try {
    const text = { type: 'string' } as const;
    const options = { licenses: text, users: text, seller: text, app: text };
    const { values } = parseArgs({ args: [...args], options });
    const { licenses, users = '0', seller, app } = values;
    if (app !== undefined && parseUuid(app) === null) throw new Error('--app takes an id');
    return { licenses: countOf(licenses), users: countOf(users), seller, app };
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\nusage: ${USAGE}`);
  }
}

function countOf(text: string | undefined): number {
  const count = /^\d{1,9}$/.test(text ?? '') ? Number(text) : NaN;
  if (!(count >= 0 && count <= COUNT_MAX)) throw new Error('a number is missing');
  return count;
}
