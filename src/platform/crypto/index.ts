export { CryptoModule } from './crypto.module';
export { isOurJwt, JWT_ISSUER, JwtTokens } from './jwt';
export type { JwtAudience, JwtLife } from './jwt';
export { KeyRing } from './key-ring';
export type { Secrets } from './key-ring';
export { foreignHash, isForeignHash, NO_PASSWORD, PasswordHasher } from './password-hasher';
export { resolveSecrets } from './secrets';
export * from './tokens';
export { newTotpSecret, totpStep, totpUri } from './totp';
