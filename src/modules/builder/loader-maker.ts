import { Injectable } from '@nestjs/common';
import { KeyRing, sha256, Slots, SlotsBusyError } from '../../platform/crypto';
import { BuilderErrors } from './domain/builder.errors';
import { KINDS, Language, LANGUAGES } from './domain/languages';
import { configText, LoaderConfig } from './domain/loader-config';
import { patched } from './domain/region';
import { filledIn } from './domain/script';
import { signedConfig } from './domain/signed-config';
import { LoaderTemplates } from './loader-templates';

/** Loaders that one process makes at a time, and how many more may wait for their turn. */
const AT_ONCE = 2;
const WAITING_MAX = 32;

/** What can be said of a file: whether its configuration was made here, and the program around it. */
export interface LoaderOrigin {
  readonly config: string;
  readonly configIsOurs: boolean;
  /** Whether it is, byte for byte, what this version of the server builds for that configuration. */
  readonly programIsOurs: boolean;
}

/** Puts a configuration into a template. The same configuration gives the same bytes. */
@Injectable()
export class LoaderMaker {
  private readonly slots = new Slots(AT_ONCE, WAITING_MAX);

  constructor(
    private readonly templates: LoaderTemplates,
    private readonly keys: KeyRing,
  ) {}

  /** @throws TEMPLATE_MISSING, BUILDS_BUSY */
  async make(language: Language, config: LoaderConfig): Promise<Buffer> {
    try {
      return await this.slots.run(() => this.put(configText(config), language));
    } catch (error) {
      if (error instanceof SlotsBusyError) {
        throw BuilderErrors.BUILDS_BUSY({ retryAfterSeconds: 2, cause: error });
      }
      throw error;
    }
  }

  /**
   * Where a loader comes from; null for a file without a configuration. The signature covers the
   * configuration alone, so the loader is built anew for it, and all bytes are compared.
   * @throws TEMPLATE_MISSING
   */
  async originOf(file: Buffer): Promise<LoaderOrigin | null> {
    const signed = signedConfig(file);
    if (!signed) return null;
    const { body, signature } = signed;
    const config = body.toString('latin1');
    const configIsOurs = this.keys.signer('loader-config').verify(body, signature);
    const programIsOurs = configIsOurs && (await this.isBuilt(file, config));
    return { config, configIsOurs, programIsOurs };
  }

  /** Who signs the configurations: an Ed25519 public key, SPKI in base64, as stands between the lines of a PEM file. */
  get publicKey(): string {
    return this.keys.signer('loader-config').spki.toString('base64');
  }

  private async isBuilt(file: Buffer, config: string): Promise<boolean> {
    for (const language of LANGUAGES) {
      if (file.equals(await this.put(config, language))) return true;
    }
    return false;
  }

  private async put(text: string, language: Language): Promise<Buffer> {
    const template = await this.templates.read(language);
    const body = Buffer.from(text, 'ascii');
    const signature = this.keys.signer('loader-config').sign(body);
    if (KINDS[language].form === 'executable') {
      return patched(template, { body, digest: sha256(body), signature });
    }
    return Buffer.from(filledIn(template.toString('utf8'), text, signature.toString('base64')));
  }
}
