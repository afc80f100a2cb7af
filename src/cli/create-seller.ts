import { createApp } from '../bootstrap/create-app';
import { openDatabase } from '../bootstrap/run';
import { loadConfig } from '../config';
import { DomainError } from '../kernel';
import { SellersService } from '../modules/sellers';
import { randomHex, randomToken, resolveSecrets } from '../platform/crypto';
import { createLogger } from '../platform/logging';
import { Command, CommandError } from './command';

/** Makes a seller account without HTTP and prints a password for it. */
export const createSeller: Command = {
  name: 'seller create',
  help: 'seller create <email> <name>: make an account, print its password',
  async run([email, ...name]) {
    if (!email?.includes('@') || name.length === 0) {
      throw new CommandError('usage: seller create <email> <name>');
    }
    const config = loadConfig();
    const logger = createLogger(config);
    const secrets = resolveSecrets(config, (line) => logger.info(line));
    const database = await openDatabase(config, logger);
    try {
      const app = await createApp({ config, secrets, databaseUrl: database.url, logger });
      const password = randomToken(12);
      const origin = { requestId: `cli-${randomHex(4)}`, ip: null, userAgent: null };
      await app.get(SellersService).register({ email, password, name: name.join(' ') }, origin);
      console.log(`Created ${email}, password ${password}`);
      await app.close();
    } catch (error) {
      throw error instanceof DomainError ? new CommandError(error.message) : error;
    } finally {
      await database.stop();
    }
  },
};
