import { parseArgs } from 'node:util';
import { createApp } from '../bootstrap/create-app';
import { openDatabase } from '../bootstrap/run';
import { loadConfig } from '../config';
import { DomainError, Origin, parseUuid, SellerCaller } from '../kernel';
import { App, AppsService } from '../modules/apps';
import { UserTransfer } from '../modules/app-users';
import { LicenseTransfer } from '../modules/licenses';
import { SellersService } from '../modules/sellers';
import { DatabaseClock } from '../platform/clock';
import { randomHex, randomToken, resolveSecrets } from '../platform/crypto';
import { createLogger } from '../platform/logging';
import { Command, CommandError } from './command';

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
    const config = loadConfig();
    const logger = createLogger(config);
    const secrets = resolveSecrets(config, (line) => logger.info(line));
    const database = await openDatabase(config, logger);
    try {
      const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
      await sow(app, order).finally(() => app.close());
    } catch (error) {
      throw error instanceof DomainError ? new CommandError(error.message) : error;
    } finally {
      await database.stop();
    }
  },
};

type Server = Awaited<ReturnType<typeof createApp>>;

async function sow(server: Server, order: SeedOrder): Promise<void> {
  const caller = await callerFor(server, order);
  const apps = server.get(AppsService);
  const app: App = order.app
    ? await apps.get(caller, order.app)
    : await apps.create(caller, 'Seeded');
  const owned = { ...app, owned: true } as const;
  const now = new Date(server.get(DatabaseClock).nowMs());
  const made = await server.get(LicenseTransfer).seed(owned, order.licenses, now);
  console.log(`app ${app.id}, API key ${app.apiKey}: ${made} licences`);
  if (order.users === 0) return;
  const password = randomToken(9);
  const users = await server.get(UserTransfer).seed(owned, order.users, password);
  console.log(`${users} users (user1, user2, …), password ${password}`);
}

/** The seller to act for: of the application, of the address, or a new one whose password is printed. */
async function callerFor(server: Server, { app, seller }: SeedOrder): Promise<SellerCaller> {
  const origin: Origin = { requestId: `cli-${randomHex(4)}`, ip: null, userAgent: null };
  const as = (sellerId: string): SellerCaller => ({
    ...origin,
    seller: { kind: 'seller', sellerId, sessionId: null, token: null },
  });
  if (app !== undefined) return as(await server.get(AppsService).sellerOf(app));
  const sellers = server.get(SellersService);
  if (seller !== undefined) {
    const known = await sellers.findByEmail(seller);
    if (!known) throw new CommandError(`no seller has the e-mail address ${seller}`);
    return as(known.id);
  }
  const password = randomToken(12);
  const email = `seed-${randomHex(4)}@example.com`;
  const made = await sellers.register({ email, password, name: 'Seed' }, origin);
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
