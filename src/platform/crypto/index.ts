export { CryptoModule } from './crypto.module';
export { FileKeys } from './file-keys';
export type { WrappedKey } from './file-keys';
export { isOurJwt, JWT_ISSUER, JwtTokens } from './jwt';
export type { JwtAudience, JwtLife } from './jwt';
export { signingKey } from './ed25519';
export type { SigningKey } from './ed25519';
export { KeyRing } from './key-ring';
export type { Secrets } from './key-ring';
export * from './merkle';
export {
  FOREIGN_MARK,
  foreignHash,
  isForeignHash,
  NO_PASSWORD,
  PasswordHasher,
} from './password-hasher';
export { resolveSecrets } from './secrets';
export { isSignedBy, keyIdOf } from './signing';
export { DamagedContentError, openSegments, sealedRange, sealSegments } from './segments';
export type { ByteRange } from './segments';
export { Slots, SlotsBusyError } from './slots';
export * from './tokens';
export { newTotpSecret, totpStep, totpUri } from './totp';
