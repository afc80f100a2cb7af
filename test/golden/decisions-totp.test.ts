import { aSeller, PASSWORD, TestSeller } from '../factories';
import { signIn, totpCode, withTotp } from '../factories/account';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError, uuidOf } from './sample';

describe('D-A19: two-factor sign-in (RFC 6238)', () => {
  let server: TestServer;
  let seller: TestSeller;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    seller = await aSeller(server.url);
  });

  const login = (totp?: string, password = PASSWORD) =>
    http(server.url).post('/v1/auth/login', { email: seller.email, password, totp });
  const mails = async () =>
    (
      await server.database.rows<{ subject: string }>(
        'SELECT subject FROM mails WHERE recipient = $1 ORDER BY created_at, id',
        [seller.email],
      )
    ).map(({ subject }) => subject);
  const twoFactor = async () => (await seller.get('/v1/auth/profile')).body.data.twoFactor;

  test('setup gives a secret and its address, and changes nothing until a code confirms it', async () => {
    const answer = await seller.post('/v1/auth/totp/setup');
    const { secret, uri } = answer.body.data;
    expect(answer.body).toEqual({ success: true, data: { secret, uri } });
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toContain(`secret=${secret}`);
    expect((await login()).status).toBe(200);
    expect(await twoFactor()).toBe(false);
    const stored = await server.database.value<string>(
      "SELECT encode(totp_secret_sealed, 'escape') FROM sellers WHERE email = $1",
      [seller.email],
    );
    expect(stored).not.toContain(secret);
  });

  test('confirm takes a code and gives ten recovery codes, this once', async () => {
    const { secret } = (await seller.post('/v1/auth/totp/setup')).body.data;
    const wrong = await seller.post('/v1/auth/totp/confirm', { code: totpCode(secret, 10) });
    expectError(wrong, 403, 'The two-factor code is wrong', 'WRONG_TOTP_CODE');
    const answer = await seller.post('/v1/auth/totp/confirm', { code: totpCode(secret) });
    expect(answer.body).toEqual({
      success: true,
      message: 'Two-factor sign-in is on',
      data: { recoveryCodes: expect.any(Array) },
    });
    const codes = answer.body.data.recoveryCodes as string[];
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
    expect(await twoFactor()).toBe(true);
    expect(await mails()).toEqual(['Two-factor sign-in was switched on']);
    for (const [path, body] of [
      ['setup', undefined],
      ['confirm', { code: totpCode(secret, 1) }],
    ] as const) {
      const again = await seller.post(`/v1/auth/totp/${path}`, body);
      expectError(again, 409, 'Two-factor sign-in is already on', 'TOTP_ALREADY_ON');
    }
  });

  test('without setup there is nothing to confirm or to switch off', async () => {
    for (const verb of ['confirm', 'disable']) {
      const answer = await seller.post(`/v1/auth/totp/${verb}`, { code: '123456' });
      expectError(answer, 409, 'Two-factor sign-in is not set up', 'TOTP_NOT_ON');
    }
  });

  test('login asks for a code, refuses a wrong one and takes a right one, once', async () => {
    const { secret } = await withTotp(seller);
    expectError(await login(), 401, 'Two-factor code required', 'TOTP_REQUIRED');
    expectError(await login(totpCode(secret, 9)), 401, 'Invalid two-factor code', 'TOTP_INVALID');
    const code = totpCode(secret);
    expect((await login(`${code.slice(0, 3)} ${code.slice(3)}`)).status).toBe(200);
    expect((await login(code)).body.code).toBe('TOTP_INVALID');
    expect((await login(totpCode(secret, -1))).body.code).toBe('TOTP_INVALID');
    expect((await login(totpCode(secret, 1))).status).toBe(200);
  });

  test('the code is asked for only after the right password, so it tells nothing', async () => {
    const { secret } = await withTotp(seller);
    for (const totp of [undefined, totpCode(secret), '000000']) {
      expect((await login(totp, 'wrong password')).body.code).toBe('INVALID_CREDENTIALS');
    }
  });

  test('the code that confirmed is not good for a sign-in', async () => {
    const { secret } = (await seller.post('/v1/auth/totp/setup')).body.data;
    const code = totpCode(secret);
    await seller.post('/v1/auth/totp/confirm', { code });
    expect((await login(code)).body.code).toBe('TOTP_INVALID');
  });

  test('a recovery code is good once, however it is typed, and is stored as a keyed hash', async () => {
    const { recoveryCodes } = await withTotp(seller);
    const [first, second] = recoveryCodes;
    expect((await login(first!.toLowerCase().replace('-', ' '))).status).toBe(200);
    expect((await login(first)).body.code).toBe('TOTP_INVALID');
    expect((await login(second)).status).toBe(200);
    const left = await server.database.value<number>(
      'SELECT count(*)::int FROM seller_recovery_codes WHERE seller_id = $1::uuid',
      [uuidOf(seller.id)],
    );
    expect(left).toBe(8);
  });

  test('guessing codes with the right password locks the account like guessing passwords', async () => {
    const { secret } = await withTotp(seller);
    const codes: string[] = [];
    for (let guess = 0; guess < 8; guess++)
      codes.push((await login(totpCode(secret, 100 + guess))).body.code);
    expect(codes).toEqual([
      ...Array<string>(6).fill('TOTP_INVALID'),
      ...Array<string>(2).fill('SIGN_IN_LOCKED'),
    ]);
    expect((await login(totpCode(secret))).body.code).toBe('SIGN_IN_LOCKED');
  });

  test('a password without a code gives no tries back', async () => {
    const { secret } = await withTotp(seller);
    const codes: string[] = [];
    for (let guess = 0; guess < 4; guess++) {
      codes.push((await login(totpCode(secret, 100 + guess))).body.code, (await login()).body.code);
    }
    expect(codes.at(-1)).toBe('SIGN_IN_LOCKED');
  });

  test('many codes at the same moment are as many tries', async () => {
    const { secret } = await withTotp(seller);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, guess) => login(totpCode(secret, 100 + guess))),
    );
    const invalid = answers.filter(({ body }) => body.code === 'TOTP_INVALID');
    expect(invalid.length).toBeLessThanOrEqual(6);
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
  });

  test('a wrong code is on record as a warning', async () => {
    await withTotp(seller);
    await login('000000');
    expect(
      await server.database.rows(
        `SELECT outcome, severity FROM audit_records
          WHERE seller_id = $1::uuid AND action = 'seller.login'`,
        [uuidOf(seller.id)],
      ),
    ).toEqual([{ outcome: 'TOTP_INVALID', severity: 'warning' }]);
  });

  test.each([
    ['a code of the app', (secret: string) => totpCode(secret)],
    ['a recovery code', (_: string, codes: readonly string[]) => codes[3]!],
  ])('%s switches it off', async (_, choose) => {
    const { secret, recoveryCodes } = await withTotp(seller);
    const wrong = await seller.post('/v1/auth/totp/disable', { code: '000000' });
    expectError(wrong, 403, 'The two-factor code is wrong', 'WRONG_TOTP_CODE');
    const code = choose(secret, recoveryCodes);
    expect((await seller.post('/v1/auth/totp/disable', { code })).body).toEqual({
      success: true,
      message: 'Two-factor sign-in is off',
    });
    expect(await twoFactor()).toBe(false);
    expect((await login()).status).toBe(200);
    expect((await mails()).at(-1)).toBe('Two-factor sign-in was switched off');
    expect((await seller.post('/v1/auth/totp/setup')).status).toBe(200);
  });

  test('a stolen access token cannot try codes until one fits, nor lock its owner out', async () => {
    const { secret } = await withTotp(seller);
    const codes: string[] = [];
    for (let guess = 0; guess < 8; guess++) {
      // Not even a repeatable request gives its try back.
      const headers = { 'idempotency-key': `guess-${guess}` };
      const body = { code: totpCode(secret, 100 + guess) };
      codes.push((await seller.post('/v1/auth/totp/disable', body, { headers })).body.code);
    }
    expect(codes.slice(6)).toEqual(['SIGN_IN_LOCKED', 'SIGN_IN_LOCKED']);
    expect((await login(totpCode(secret))).status).toBe(200);
  });

  test('one more sign-in with a code leaves the others alone', async () => {
    const { secret } = await withTotp(seller);
    await signIn(seller, { totp: totpCode(secret) });
    expect((await seller.get('/v1/auth/profile')).status).toBe(200);
  });
});
