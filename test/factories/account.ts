import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { http } from '../support/http';
import { databaseAt } from '../support/server';
import { PASSWORD, TestSeller } from '.';

/** The code of an authenticator app, `steps` half-minutes from now. */
export function totpCode(secret: string, steps = 0): string {
  const timestamp = Date.now() + steps * 30_000;
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp });
}

export interface SecondFactor {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/**
 * Switches the second factor of a seller on. The code of the step before this one is spent for it,
 * so that this one's is still good; should that have grown too old on the way, the next is tried.
 */
export async function withTotp(seller: TestSeller): Promise<SecondFactor> {
  const { secret } = (await seller.post('/v1/auth/totp/setup')).body.data;
  for (let left = 3; ; left--) {
    const answer = await seller.post('/v1/auth/totp/confirm', { code: totpCode(secret, -1) });
    if (answer.status === 200) return { secret, recoveryCodes: answer.body.data.recoveryCodes };
    if (left === 0) throw new Error(answer.text);
  }
}

/** One more sign-in of the same seller. */
export async function signIn(seller: TestSeller, fields: object = {}): Promise<TestSeller> {
  const body = { email: seller.email, password: PASSWORD, ...fields };
  const answer = await http(seller.url).post('/v1/auth/login', body);
  if (answer.status !== 200) throw new Error(answer.text);
  const { accessToken, refreshToken } = answer.body.data;
  return new TestSeller(seller.url, seller.id, seller.email, accessToken, refreshToken);
}

/** Public id of the sign-in behind an access token. */
export function signInIdOf(accessToken: string): string {
  const claims = Buffer.from(accessToken.split('.')[1]!, 'base64url').toString();
  return `ssn_${(JSON.parse(claims) as { sid: string }).sid.replaceAll('-', '')}`;
}

/** A token as a mail would bring it, on a server of this process. */
export async function aResetToken(seller: TestSeller, ttlSeconds = 3_600): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const hash = createHash('sha256').update(token).digest();
  await databaseAt(seller.url).rows(
    `INSERT INTO password_reset_tokens (id, seller_id, token_hash, expires_at)
     SELECT $1, id, $2, now() + make_interval(secs => $3) FROM sellers WHERE email = $4`,
    [randomUUID(), hash, ttlSeconds, seller.email],
  );
  return token;
}

export interface MadeToken {
  readonly id: string;
  readonly token: string;
}

export async function anApiToken(
  seller: TestSeller,
  scopes: readonly string[],
  fields: object = {},
): Promise<MadeToken> {
  const answer = await seller.post('/v1/auth/tokens', { name: 'Test token', scopes, ...fields });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body.data;
}
