import { rmSync } from 'node:fs';

export default async function globalTeardown(): Promise<void> {
  await globalThis.testPostgres.stop();
  for (const directory of [globalThis.testPostgres.directory, globalThis.testFiles]) {
    rmSync(directory, { recursive: true, force: true });
  }
}
