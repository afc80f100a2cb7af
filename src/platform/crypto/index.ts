export { CryptoModule } from './crypto.module';
export { KeyRing } from './key-ring';
export type { Secrets } from './key-ring';
export { PasswordHasher } from './password-hasher';
export { resolveSecrets } from './secrets';
export * from './tokens';
