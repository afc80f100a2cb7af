import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ServiceInfo {
  readonly name: string;
  readonly version: string;
}

const MANIFEST = 'package.json';

/** The folder this program was installed in, where its manifest lies (sources and dist alike). */
export function packageRoot(): string {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    if (existsSync(join(directory, MANIFEST))) return directory;
    if (directory === dirname(directory)) throw new Error(`no ${MANIFEST} above ${__dirname}`);
  }
}

/** Name and version of this build, from the package's own manifest. */
export function serviceInfo(): ServiceInfo {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), MANIFEST), 'utf8')) as ServiceInfo;
  return { name: manifest.name, version: manifest.version };
}
