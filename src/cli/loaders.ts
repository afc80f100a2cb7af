import { readFileSync } from 'node:fs';
import { loadConfig } from '../config';
import { LoaderMaker, LoaderTemplates } from '../modules/builder';
import { KeyRing, resolveSecrets } from '../platform/crypto';
import { Command, CommandError } from './command';
import { inWords } from './with-app';

/** Tells whether a loader was built by a server with this MASTER_KEY and these templates, and what for. */
export const verifyLoader: Command = {
  name: 'loader verify',
  help: 'loader verify <file>: whether this server built a loader, and what for',
  async run([file]) {
    if (!file) throw new CommandError(`usage: ${this.help}`);
    const keys = new KeyRing(resolveSecrets(loadConfig(), (line) => console.error(line)));
    const maker = new LoaderMaker(new LoaderTemplates(), keys);
    const origin = await maker.originOf(readFileSync(file)).catch(inWords);
    if (!origin) throw new CommandError(`${file} is no loader with a configuration`);
    const { config, configIsOurs, programIsOurs } = origin;
    if (!configIsOurs) {
      throw new CommandError(
        `${file} was not built by this server, or was changed since: nobody here signed its configuration`,
      );
    }
    if (!programIsOurs) {
      throw new CommandError(
        `${file} was changed, or built by another version of the server: it holds a configuration of this server, but its program is another one: ${config}`,
      );
    }
    console.log(`${file} was built by this server: ${config}`);
  },
};
