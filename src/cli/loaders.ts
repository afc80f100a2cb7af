import { readFileSync } from 'node:fs';
import { loadConfig } from '../config';
import { signedConfig } from '../modules/builder';
import { KeyRing, resolveSecrets } from '../platform/crypto';
import { Command, CommandError } from './command';

/** Tells whether a loader was built by a server with this MASTER_KEY, and what for. */
export const verifyLoader: Command = {
  name: 'loader verify',
  help: 'loader verify <file>: whether this server built a loader, and what for',
  async run([file]) {
    if (!file) throw new CommandError(`usage: ${this.help}`);
    const signed = signedConfig(readFileSync(file));
    if (!signed) throw new CommandError(`${file} is no loader with a configuration`);
    const { body, signature } = signed;
    const keys = new KeyRing(resolveSecrets(loadConfig(), (line) => console.error(line)));
    if (!keys.signer('loader-config').verify(body, signature)) {
      throw new CommandError(`${file} was not built by this server, or was changed since`);
    }
    console.log(`${file} was built by this server: ${body.toString()}`);
  },
};
