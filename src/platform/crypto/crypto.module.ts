import { DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../../config';
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
        { provide: PasswordHasher, useFactory: () => new PasswordHasher(keys, config.BCRYPT_COST) },
      ],
      exports: [JwtTokens, KeyRing, PasswordHasher],
    };
  }
}
