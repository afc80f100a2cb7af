import { aSeller, TestSeller, unique } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample, ISO, under } from './sample';

const SELLER = {
  id: 'seller_abc123',
  email: 'dev@example.com',
  name: 'John Developer',
  plan: 'FREE',
};
const PAIR = { accessToken: 'eyJhbG...', refreshToken: 'uuid-refresh-token' };

/** «Seller/developer authentication endpoints. Used to get access tokens for the Admin API.» */
describe('auth API of document 000', () => {
  let server: TestServer;
  let seller: TestSeller;
  beforeAll(async () => {
    server = await startTestServer({}, { documentedPlans: true });
    seller = await aSeller(server.url);
  });
  afterAll(() => server.close());

  test('register: «Create a new seller/developer account.»', async () => {
    const body = { email: 'dev@example.com', password: 'securepass123', name: 'John Developer' };
    const answer = await http(server.url).post('/v1/auth/register', body);
    expectSample(answer, 201, {
      success: true,
      message: 'Account created successfully',
      data: { ...SELLER, ...PAIR },
    });
    expect(answer.body).toEqual({
      success: true,
      message: 'Account created successfully',
      data: {
        id: expect.stringMatching(/^seller_[0-9a-f]{32}$/),
        email: 'dev@example.com',
        name: 'John Developer',
        plan: 'FREE',
        accessToken: expect.stringMatching(/^eyJ/),
        refreshToken: expect.any(String),
      },
    });
  });

  test('login: «Login to your seller/developer account. Returns access + refresh tokens.»', async () => {
    const body = { email: seller.email, password: 'securepass123' };
    const answer = await http(server.url).post('/v1/auth/login', body);
    expectSample(answer, 200, {
      success: true,
      message: 'Login successful',
      data: { ...SELLER, ...PAIR },
    });
    expect(answer.body.message).toBe('Login successful');
    expect(answer.body.data).toMatchObject({ id: seller.id, email: seller.email });
  });

  test('login shows the plan that the account has now («"plan": "DEVELOPER"»)', async () => {
    const other = await aSeller(server.url);
    await server.database.rows("UPDATE sellers SET plan = 'DEVELOPER' WHERE email = $1", [
      other.email,
    ]);
    const body = { email: other.email, password: 'securepass123' };
    const answer = await http(server.url).post('/v1/auth/login', body);
    expect(answer.body.data.plan).toBe('DEVELOPER');
  });

  test('refresh: «Refresh your access token using a valid refresh token.»', async () => {
    const other = await aSeller(server.url);
    const { refreshToken } = other;
    const answer = await http(server.url).post('/v1/auth/refresh', { refreshToken });
    expectSample(answer, 200, {
      success: true,
      data: { accessToken: 'eyJhbG...(new)', refreshToken: 'uuid-new-refresh-token' },
    });
    expect(answer.body.data.refreshToken).not.toBe(refreshToken);
    const options = { token: answer.body.data.accessToken as string };
    expect((await http(server.url).get('/v1/auth/profile', options)).status).toBe(200);
  });

  test('profile: «Get your seller profile. Requires Bearer token.»', async () => {
    const answer = await seller.get('/v1/auth/profile');
    expectSample(
      answer,
      200,
      { success: true, data: { ...SELLER, createdAt: '2024-01-15T12:00:00.000Z' } },
      under('data', ['twoFactor', 'limits', 'usage']),
    );
    expect(answer.body.data).toEqual({
      id: seller.id,
      email: seller.email,
      name: 'Test Seller',
      plan: 'FREE',
      createdAt: expect.stringMatching(ISO),
      twoFactor: false,
      limits: { apps: 10, keys: 10_000, users: 10_000, storageBytes: 1_073_741_824 },
      usage: { apps: 0, keys: 0, users: 0, storageBytes: 0 },
    });
  });

  test('profile without a token answers 401 in the error shape', async () => {
    const answer = await http(server.url).get('/v1/auth/profile');
    expectError(answer, 401, 'Missing or invalid access token', 'UNAUTHENTICATED');
  });

  test('«409 Conflict - username or email already exists», in any letter case', async () => {
    const body = { email: seller.email.toUpperCase(), password: 'securepass123', name: 'Twin' };
    const answer = await http(server.url).post('/v1/auth/register', body);
    expectError(answer, 409, 'Email already exists', 'EMAIL_TAKEN');
  });

  test('«401 Unauthorized - invalid credentials»: a wrong password and an unknown address answer alike', async () => {
    const login = (email: string) =>
      http(server.url).post('/v1/auth/login', { email, password: 'wrong password' });
    for (const email of [seller.email, `${unique('nobody')}@example.com`]) {
      expectError(await login(email), 401, 'Invalid credentials', 'INVALID_CREDENTIALS');
    }
  });

  test('«401 Unauthorized»: an unknown refresh token', async () => {
    const body = { refreshToken: 'uuid-refresh-token' };
    const answer = await http(server.url).post('/v1/auth/refresh', body);
    expectError(answer, 401, 'Invalid refresh token', 'INVALID_REFRESH_TOKEN');
  });

  test('«400 Bad request - missing required fields or invalid data» names every bad field', async () => {
    const answer = await http(server.url).post('/v1/auth/register', { email: 'not an address' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ success: false, code: 'INVALID_INPUT' });
    const fields = (answer.body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(['email', 'name', 'password']);
  });
});
