import { SellersService } from '../modules/sellers';
import { randomToken } from '../platform/crypto';
import { Command, CommandError } from './command';
import { withApp } from './with-app';

/** Makes a seller account without HTTP and prints a password for it. */
export const createSeller: Command = {
  name: 'seller create',
  help: 'seller create <email> <name>: make an account, print its password',
  async run([email, ...name]) {
    if (!email?.includes('@') || name.length === 0) {
      throw new CommandError('usage: seller create <email> <name>');
    }
    await withApp(async (app, origin) => {
      const password = randomToken(12);
      await app.get(SellersService).register({ email, password, name: name.join(' ') }, origin);
      console.log(`Created ${email}, password ${password}`);
    });
  },
};
