import { FileKeeping } from '../modules/files';
import type { Command } from './command';
import { withApp } from './with-app';

/** Wraps the keys of all files with the current master key; their contents stay as they are. */
export const rewrapFiles: Command = {
  name: 'files rewrap',
  help: 'files rewrap: wrap the keys of all files with the current FILE_MASTER_KEY',
  async run() {
    await withApp(async (app) => {
      const count = await app.get(FileKeeping, { strict: false }).rewrap();
      console.log(`${count} keys wrapped again`);
    });
  },
};
