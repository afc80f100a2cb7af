import { aSeller, PASSWORD, TestSeller } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, uuidOf } from './sample';

let server: TestServer;
let seller: TestSeller;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  seller = await aSeller(server.url);
});

const refresh = (refreshToken: string) =>
  http(server.url).post('/v1/auth/refresh', { refreshToken });
const profile = (token: string) => http(server.url).get('/v1/auth/profile', { token });
const claimsOf = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as Record<string, number>;
/** Moves the last rotation into the past. */
const age = (id: string, seconds: number) =>
  server.database.rows(
    `UPDATE seller_sessions SET rotated_at = rotated_at - make_interval(secs => $2)
      WHERE seller_id = $1::uuid`,
    [uuidOf(id), seconds],
  );
const records = (id: string, action: string) =>
  server.database.rows('SELECT * FROM audit_records WHERE seller_id = $1::uuid AND action = $2', [
    uuidOf(id),
    action,
  ]);

describe('D-A16: access tokens', () => {
  test('D-A16: an access token lives one hour', () => {
    const { iat, exp } = claimsOf(seller.accessToken);
    expect(exp! - iat!).toBe(3_600);
  });

  test('D-A16: logout ends the access token and the refresh token of that sign-in at once', async () => {
    const body = { email: seller.email, password: PASSWORD };
    const other = (await http(server.url).post('/v1/auth/login', body)).body.data;
    expect((await seller.post('/v1/auth/logout')).body).toEqual({
      success: true,
      message: 'Logged out',
    });
    expectError(
      await profile(seller.accessToken),
      401,
      'Missing or invalid access token',
      'UNAUTHENTICATED',
    );
    expect((await refresh(seller.refreshToken)).status).toBe(401);
    expect((await profile(other.accessToken)).status).toBe(200);
  });

  test('D-A16: a password change ends every other sign-in at once', async () => {
    const body = { email: seller.email, password: PASSWORD };
    const other = (await http(server.url).post('/v1/auth/login', body)).body.data;
    const change = { currentPassword: PASSWORD, newPassword: 'an even better passphrase' };
    expect((await seller.post('/v1/auth/change-password', change)).body).toEqual({
      success: true,
      message: 'Password changed',
    });
    expect((await profile(other.accessToken)).status).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await profile(seller.accessToken)).status).toBe(200);
    expect((await http(server.url).post('/v1/auth/login', body)).status).toBe(401);
  });
});

describe('D-A16: refresh tokens', () => {
  test('D-A16: a refresh token is opaque, of 256 bits or more, and lives 30 days', async () => {
    expect(Buffer.from(seller.refreshToken, 'base64url').length).toBeGreaterThanOrEqual(32);
    expect(seller.refreshToken).not.toContain('.');
    const [session] = await server.database.rows<{ seconds: number }>(
      `SELECT extract(epoch FROM expires_at - rotated_at)::int AS seconds FROM seller_sessions
        WHERE seller_id = $1::uuid`,
      [uuidOf(seller.id)],
    );
    expect(session!.seconds).toBe(30 * 86_400);
    await server.database.rows(
      'UPDATE seller_sessions SET expires_at = now() WHERE seller_id = $1::uuid',
      [uuidOf(seller.id)],
    );
    expect((await refresh(seller.refreshToken)).status).toBe(401);
  });

  test('D-A16: each use gives a new refresh token', async () => {
    const seen = new Set([seller.refreshToken]);
    for (let token = seller.refreshToken; seen.size < 4; seen.add(token)) {
      token = (await refresh(token)).body.data.refreshToken;
      expect(seen).not.toContain(token);
    }
  });

  test('D-A16: a retry within 30 s returns the same successor, to the byte', async () => {
    const first = await refresh(seller.refreshToken);
    await age(seller.id, 29);
    const again = await refresh(seller.refreshToken);
    expect(again.status).toBe(200);
    expect(again.body.data.refreshToken).toBe(first.body.data.refreshToken);
    expect((await refresh(first.body.data.refreshToken)).status).toBe(200);
  });

  test('D-A16: reuse after 30 s revokes the family and is put on record', async () => {
    const successor = (await refresh(seller.refreshToken)).body.data;
    await age(seller.id, 31);
    const reuse = await refresh(seller.refreshToken);
    expectError(reuse, 401, 'Invalid refresh token', 'INVALID_REFRESH_TOKEN');
    expect((await refresh(successor.refreshToken)).status).toBe(401);
    expect((await profile(successor.accessToken)).status).toBe(401);
    expect(await records(seller.id, 'seller.refresh-token-reuse')).toEqual([
      expect.objectContaining({ severity: 'critical', outcome: 'INVALID_REFRESH_TOKEN' }),
    ]);
  });

  test('D-A16: reuse after the successor was used revokes the family, even within 30 s', async () => {
    const successor = (await refresh(seller.refreshToken)).body.data;
    const third = (await refresh(successor.refreshToken)).body.data;
    expect((await refresh(seller.refreshToken)).status).toBe(401);
    expect((await refresh(third.refreshToken)).status).toBe(401);
    expect((await profile(third.accessToken)).status).toBe(401);
    expect(await records(seller.id, 'seller.refresh-token-reuse')).toHaveLength(1);
  });

  test('D-A16: a forged refresh token revokes nothing', async () => {
    const bytes = Buffer.from(seller.refreshToken, 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    expect((await refresh(bytes.toString('base64url'))).status).toBe(401);
    expect((await refresh(seller.refreshToken)).status).toBe(200);
  });
});
