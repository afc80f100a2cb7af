import { DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../../config';
import { FileKeys } from './file-keys';
import { JwtTokens } from './jwt';
import { KeyRing, Secrets } from './key-ring';
import { PasswordHasher } from './password-hasher';

/** Keys and password hashing for the whole server. */
@Module({})
export class CryptoModule {
  static forRoot(config: Config, secrets: Secrets): DynamicModule {
    const keys = new KeyRing(secrets);
    return {
      module: CryptoModule,
      global: true,
      providers: [
        { provide: KeyRing, useValue: keys },
        { provide: JwtTokens, useValue: new JwtTokens(keys) },
        { provide: FileKeys, useValue: fileKeys(config, secrets) },
        { provide: PasswordHasher, useFactory: () => new PasswordHasher(keys, config.BCRYPT_COST) },
      ],
      exports: [FileKeys, JwtTokens, KeyRing, PasswordHasher],
    };
  }
}

/** The master key protects files as well, until it gets a successor for them. */
function fileKeys(config: Config, { masterKey }: Secrets): FileKeys {
  const { FILE_MASTER_KEY: own, OLD_FILE_MASTER_KEY: old } = config;
  return new FileKeys(own ?? masterKey, old ? [masterKey, old] : [masterKey]);
}
