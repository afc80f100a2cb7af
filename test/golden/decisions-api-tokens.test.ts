import { aSeller, anApp, TestSeller } from '../factories';
import { anApiToken, signIn, signInIdOf } from '../factories/account';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, ISO, uuidOf } from './sample';

let server: TestServer;
let seller: TestSeller;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  seller = await aSeller(server.url);
});

const apps = (token: string) => http(server.url).get('/v1/admin/apps', { token });

describe('D-A19: API tokens', () => {
  test('a token is told once, is 256 bits, and is stored as a hash', async () => {
    const body = { name: 'Build server', scopes: ['licenses:write', 'apps:read'] };
    const answer = await seller.post('/v1/auth/tokens', body);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      data: {
        id: expect.stringMatching(/^tok_[0-9a-f]{32}$/),
        token: expect.stringMatching(/^lk_[\w-]{43}$/),
        ...body,
        expiresAt: null,
      },
    });
    const { id, token } = answer.body.data;
    const listed = await seller.get('/v1/auth/tokens');
    expect(listed.text).not.toContain(token);
    expect(listed.body.data).toEqual([
      {
        id,
        ...body,
        tail: token.slice(-4),
        expiresAt: null,
        lastUsedAt: null,
        createdAt: expect.stringMatching(ISO),
      },
    ]);
    const stored = await server.database.value<string>(
      'SELECT t::text FROM api_tokens t WHERE id = $1::uuid',
      [uuidOf(id)],
    );
    expect(stored).not.toContain(token.slice(3));
  });

  test('it works as Bearer, in any application of its seller, and nowhere else', async () => {
    const [own, foreign] = [await anApp(seller), await anApp(await aSeller(server.url))];
    const { token } = await anApiToken(seller, ['apps:read', 'licenses:write']);
    expect((await apps(token)).body.data.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    const body = { durationType: '1d' };
    expect((await http(server.url).post(own.path('/licenses'), body, { token })).status).toBe(201);
    expect((await http(server.url).get(foreign.path(), { token })).status).toBe(404);
  });

  test('unknown, malformed, revoked and expired tokens answer alike', async () => {
    const revoked = await anApiToken(seller, ['apps:read']);
    const expired = await anApiToken(seller, ['apps:read'], { expiresAt: '2099-01-01T00:00:00Z' });
    expect((await apps(revoked.token)).status).toBe(200);
    expect((await apps(expired.token)).status).toBe(200);
    expect((await seller.delete(`/v1/auth/tokens/${revoked.id}`)).body).toEqual({
      success: true,
      message: 'API token revoked',
    });
    await server.database.rows('UPDATE api_tokens SET expires_at = now() WHERE id = $1::uuid', [
      uuidOf(expired.id),
    ]);
    for (const token of [revoked.token, expired.token, `lk_${'A'.repeat(43)}`, 'lk_', 'lk_x']) {
      expectError(await apps(token), 401, 'Missing or invalid access token', 'UNAUTHENTICATED');
    }
    const again = await seller.delete(`/v1/auth/tokens/${revoked.id}`);
    expectError(again, 404, 'API token not found', 'API_TOKEN_NOT_FOUND');
  });

  test('its last use is noted, at most once a minute', async () => {
    const { id, token } = await anApiToken(seller, ['apps:read']);
    const lastUsed = () =>
      server.database.value<Date>('SELECT last_used_at FROM api_tokens WHERE id = $1::uuid', [
        uuidOf(id),
      ]);
    await apps(token);
    const first = await lastUsed();
    await apps(token);
    expect(await lastUsed()).toEqual(first);
    await server.database.rows(
      "UPDATE api_tokens SET last_used_at = last_used_at - interval '61 s' WHERE id = $1::uuid",
      [uuidOf(id)],
    );
    await Promise.all(Array.from({ length: 10 }, () => apps(token)));
    expect((await lastUsed()).getTime()).toBeGreaterThanOrEqual(first.getTime());
  });

  test.each<[what: string, field: string, body: object]>([
    ['an unknown scope', 'scopes', { scopes: ['account:write'] }],
    ['no scope', 'scopes', { scopes: [] }],
    ['one scope twice', 'scopes', { scopes: ['apps:read', 'apps:read'] }],
    ['an expiry in the past', 'expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['an expiry that is no instant', 'expiresAt', { expiresAt: 'tomorrow' }],
    ['an invisible name', 'name', { name: '\u2060' }],
  ])('%s is refused by name', async (_, field, change) => {
    const body = { name: 'T', scopes: ['apps:read'], ...change };
    const answer = await seller.post('/v1/auth/tokens', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
    expect((await seller.get('/v1/auth/tokens')).body.data).toEqual([]);
  });

  test('a token cannot make, list or revoke tokens, whatever its scopes', async () => {
    const { id, token } = await anApiToken(seller, ['apps:write', 'users:write']);
    const as = http(server.url);
    const refused = 'An API token cannot do that; sign in instead';
    for (const answer of [
      await as.get('/v1/auth/tokens', { token }),
      await as.post('/v1/auth/tokens', { name: 'T', scopes: ['apps:read'] }, { token }),
      await as.delete(`/v1/auth/tokens/${id}`, { token }),
      await as.get('/v1/auth/profile', { token }),
    ]) {
      expectError(answer, 403, refused, 'INSUFFICIENT_SCOPE');
    }
  });
});

describe('D-A19: sign-ins', () => {
  test('lists the live ones of the caller, the newest first, and says which one asks', async () => {
    const other = await signIn(seller);
    const answer = await seller.get('/v1/auth/sessions');
    const shown = { ip: '127.0.0.1', userAgent: expect.any(String) };
    const times = { createdAt: expect.stringMatching(ISO), lastUsed: expect.stringMatching(ISO) };
    expect(answer.body).toMatchObject({ success: true, pagination: { page: 1, total: 2 } });
    expect(answer.body.data).toEqual([
      { id: signInIdOf(other.accessToken), ...shown, ...times, current: false },
      { id: signInIdOf(seller.accessToken), ...shown, ...times, current: true },
    ]);
  });

  test('ending one refuses its tokens at once and leaves the others', async () => {
    const other = await signIn(seller);
    const path = `/v1/auth/sessions/${signInIdOf(other.accessToken)}`;
    expect((await seller.delete(path)).body).toEqual({ success: true, message: 'Sign-in ended' });
    expect((await other.get('/v1/auth/profile')).status).toBe(401);
    const body = { refreshToken: other.refreshToken };
    expect((await http(server.url).post('/v1/auth/refresh', body)).status).toBe(401);
    expect((await seller.get('/v1/auth/sessions')).body.data).toHaveLength(1);
    const again = await seller.delete(path);
    expectError(again, 404, 'Sign-in not found', 'SIGN_IN_NOT_FOUND');
  });

  test('the present one can be ended too', async () => {
    const id = signInIdOf(seller.accessToken);
    expect((await seller.delete(`/v1/auth/sessions/${id}`)).status).toBe(200);
    expect((await seller.get('/v1/auth/profile')).status).toBe(401);
  });
});
