import { Injectable } from '@nestjs/common';
import { KeyRing, sha256, Slots, SlotsBusyError } from '../../platform/crypto';
import { BuilderErrors } from './domain/builder.errors';
import { KINDS, Language } from './domain/languages';
import { configText, LoaderConfig } from './domain/loader-config';
import { patched } from './domain/region';
import { filledIn } from './domain/script';
import { LoaderTemplates } from './loader-templates';

/** Loaders that one process makes at a time, and how many more may wait for their turn. */
const AT_ONCE = 2;
const WAITING_MAX = 32;

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

  /** Who signs the configurations: an Ed25519 public key, SPKI in base64, as stands between the lines of a PEM file. */
  get publicKey(): string {
    return this.keys.signer('loader-config').spki.toString('base64');
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
