import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ServiceInfo {
  readonly name: string;
  readonly version: string;
}

/** Name and version of this build, from the package's own manifest (sources and dist alike). */
export function serviceInfo(): ServiceInfo {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    try {
      const manifest = JSON.parse(
        readFileSync(join(directory, 'package.json'), 'utf8'),
      ) as ServiceInfo;
      return { name: manifest.name, version: manifest.version };
    } catch (error) {
      if (directory === dirname(directory)) throw error;
    }
  }
}
