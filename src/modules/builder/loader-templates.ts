import { Injectable } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../config';
import { equalBytes, sha256 } from '../../platform/crypto';
import { BuilderErrors } from './domain/builder.errors';
import { KINDS, LANGUAGES, Language } from './domain/languages';

const MANIFEST = 'manifest.json';

/**
 * The templates of the loaders, as `npm run build:loaders` made them. None is used before its bytes
 * have been compared with the SHA-256 of the manifest; both are read anew each time.
 */
@Injectable()
export class LoaderTemplates {
  readonly directory = join(packageRoot(), 'loader', 'templates');

  /** The bytes of one template. @throws TEMPLATE_MISSING when it is not there, or was altered */
  async read(language: Language): Promise<Buffer> {
    const name = KINDS[language].template;
    const [manifest, bytes] = await Promise.all([this.manifest(), this.file(name)]);
    if (!bytes || !this.isUnaltered(bytes, manifest[name])) throw BuilderErrors.TEMPLATE_MISSING();
    return bytes;
  }

  /** File name of each template, and whether a loader can be built from it. */
  async status(): Promise<Record<string, boolean>> {
    const states = LANGUAGES.map(async (language) => {
      const usable = await this.read(language).then(
        () => true,
        () => false,
      );
      return [KINDS[language].template, usable] as const;
    });
    return Object.fromEntries(await Promise.all(states));
  }

  private isUnaltered(bytes: Buffer, digest: unknown): boolean {
    return typeof digest === 'string' && equalBytes(sha256(bytes), Buffer.from(digest, 'hex'));
  }

  private async manifest(): Promise<Readonly<Record<string, unknown>>> {
    const bytes = await this.file(MANIFEST);
    try {
      return JSON.parse(bytes?.toString('utf8') ?? '{}') as Record<string, unknown>;
    } catch {
      return {};
    }
  }

  /** Null when it cannot be read, for whatever reason: a template that is no use is missing. */
  private async file(name: string): Promise<Buffer | null> {
    return readFile(join(this.directory, name)).catch(() => null);
  }
}
