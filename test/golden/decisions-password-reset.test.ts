import { PasswordResetRequests } from '../../src/modules/sellers/password-reset/password-reset-requests.service';
import { Transactions } from '../../src/platform/database';
import { Mailer } from '../../src/platform/mail';
import { aSeller, PASSWORD, TestSeller, unique } from '../factories';
import { anApiToken, aResetToken, signIn, totpCode, withTotp } from '../factories/account';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { ReceivedMail, SmtpServer, startSmtpServer, textOf } from '../support/smtp';
import { expectError, uuidOf } from './sample';

const NEW = 'an even better passphrase';
const ON_ITS_WAY = { success: true, message: 'If the account exists, a mail is on its way' };

describe('D-A19: a forgotten password', () => {
  let smtp: SmtpServer;
  let server: TestServer;
  let seller: TestSeller;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    const settings = { SMTP_URL: smtp.url, PUBLIC_URL: 'https://keys.example.com/' };
    server = await startTestServer({ ...settings, BACKGROUND_JOBS: 'false' });
  });
  afterAll(async () => {
    await server.close();
    await smtp.close();
  });
  beforeEach(async () => {
    seller = await aSeller(server.url);
  });

  const forgot = (email: string) => http(server.url).post('/v1/auth/forgot-password', { email });
  const reset = (token: string, newPassword = NEW) =>
    http(server.url).post('/v1/auth/reset-password', { token, newPassword });
  const login = (password: string) =>
    http(server.url).post('/v1/auth/login', { email: seller.email, password });
  /** What the background jobs do, now; gives the mails to this seller. */
  async function work(): Promise<ReceivedMail[]> {
    const requests = server.app.get(PasswordResetRequests, { strict: false });
    await server.app.get(Transactions).run(() => requests.answer());
    await server.app.get(Mailer).sendDue(new AbortController().signal);
    return smtp.mails.filter(({ to }) => to[0] === seller.email);
  }
  const tokenIn = (mail: ReceivedMail) => /#token=([\w-]+)/.exec(textOf(mail))![1]!;
  const actions = async () =>
    (
      await server.database.rows<{ action: string }>(
        'SELECT action FROM audit_records WHERE seller_id = $1::uuid ORDER BY occurred_at, id',
        [uuidOf(seller.id)],
      )
    ).map(({ action }) => action);

  test('the mailed link sets a new password, ends every sign-in and is told by mail', async () => {
    const other = await signIn(seller);
    expect((await forgot(seller.email.toUpperCase())).body).toEqual(ON_ITS_WAY);
    const [mail] = await work();
    expect(textOf(mail!)).toContain('https://keys.example.com/reset-password#token=');
    expect((await reset(tokenIn(mail!))).body).toEqual({
      success: true,
      message: 'Password set, sign in again',
    });
    for (const old of [seller, other]) {
      expect((await old.get('/v1/auth/profile')).status).toBe(401);
      const body = { refreshToken: old.refreshToken };
      expect((await http(server.url).post('/v1/auth/refresh', body)).status).toBe(401);
    }
    expect((await login(PASSWORD)).status).toBe(401);
    expect((await login(NEW)).status).toBe(200);
    expect((await work()).map(({ source }) => /^Subject: (.*)$/m.exec(source)![1])).toEqual([
      'Set a new password',
      'Your password was changed',
    ]);
    expect(await actions()).toEqual(
      expect.arrayContaining(['seller.forgot-password', 'seller.reset-password']),
    );
  });

  test('an unknown address gets the same answer and nobody a mail', async () => {
    const before = smtp.mails.length;
    expect((await forgot(`${unique('nobody')}@example.com`)).body).toEqual(ON_ITS_WAY);
    await work();
    expect(smtp.mails).toHaveLength(before);
  });

  test('a token is good once', async () => {
    const token = await aResetToken(seller);
    expect((await reset(token)).status).toBe(200);
    const again = await reset(token, 'yet another one');
    expectError(again, 400, 'Invalid or expired reset token', 'INVALID_RESET_TOKEN');
    expect((await login(NEW)).status).toBe(200);
  });

  test('expired and invented tokens answer alike and change nothing', async () => {
    const expired = await aResetToken(seller, -1);
    for (const token of [expired, 'A'.repeat(43), 'x']) {
      const answer = await reset(token);
      expectError(answer, 400, 'Invalid or expired reset token', 'INVALID_RESET_TOKEN');
    }
    expect((await login(PASSWORD)).status).toBe(200);
  });

  test('S-09 whoever asks again and again would make every link worthless; one that is used ends them all', async () => {
    const tokens: string[] = [];
    for (let asked = 0; asked < 3; asked++) {
      await forgot(seller.email);
      tokens.push(tokenIn((await work()).at(-1)!));
      await server.database.rows(
        "UPDATE password_reset_tokens SET created_at = created_at - interval '61 s'",
      );
    }
    expect(new Set(tokens).size).toBe(3);
    expect((await reset(tokens[0]!)).status).toBe(200);
    for (const token of tokens) {
      const answer = await reset(token, 'yet another one');
      expectError(answer, 400, 'Invalid or expired reset token', 'INVALID_RESET_TOKEN');
    }
    expect((await login(NEW)).status).toBe(200);
  });

  test('a token lives one hour and is stored as a hash', async () => {
    await forgot(seller.email);
    const token = tokenIn((await work())[0]!);
    const [row] = await server.database.rows<{ seconds: number; hash: string }>(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds,
              encode(token_hash, 'escape') AS hash
         FROM password_reset_tokens WHERE seller_id = $1::uuid`,
      [uuidOf(seller.id)],
    );
    expect(row!.seconds).toBe(3_600);
    expect(row!.hash).not.toContain(token);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  test('an address gets one such mail a minute, however often somebody asks', async () => {
    for (let asked = 0; asked < 3; asked++) await forgot(seller.email);
    await work();
    await forgot(seller.email);
    expect(await work()).toHaveLength(1);
    await server.database.rows(
      "UPDATE password_reset_tokens SET created_at = created_at - interval '61 s'",
    );
    await forgot(seller.email);
    expect(await work()).toHaveLength(2);
  });

  test('a reset lifts the lock of an account, but not of one with a second factor', async () => {
    const guess = async () => {
      for (let tried = 0; tried < 7; tried++) await login(`wrong ${tried}`);
    };
    await guess();
    expect((await login(PASSWORD)).body.code).toBe('SIGN_IN_LOCKED');
    await reset(await aResetToken(seller));
    expect((await login(NEW)).status).toBe(200);
    const body = { email: seller.email, password: NEW };
    const { accessToken } = (await http(server.url).post('/v1/auth/login', body)).body.data;
    await withTotp(new TestSeller(server.url, seller.id, seller.email, accessToken, ''));
    await guess();
    await reset(await aResetToken(seller), PASSWORD);
    expect((await login(PASSWORD)).body.code).toBe('SIGN_IN_LOCKED');
  });

  test('a reset switches no second factor off and revokes no API token', async () => {
    const { secret } = await withTotp(seller);
    const { token } = await anApiToken(seller, ['apps:read']);
    await reset(await aResetToken(seller));
    expect((await login(NEW)).body.code).toBe('TOTP_REQUIRED');
    expect((await http(server.url).get('/v1/admin/apps', { token })).status).toBe(200);
    const body = { email: seller.email, password: NEW, totp: totpCode(secret) };
    expect((await http(server.url).post('/v1/auth/login', body)).status).toBe(200);
  });

  test('a changed password makes the mailed link worthless', async () => {
    const token = await aResetToken(seller);
    const body = { currentPassword: PASSWORD, newPassword: NEW };
    expect((await seller.post('/v1/auth/change-password', body)).status).toBe(200);
    const answer = await reset(token, 'yet another one');
    expectError(answer, 400, 'Invalid or expired reset token', 'INVALID_RESET_TOKEN');
    expect((await login(NEW)).status).toBe(200);
  });

  test('a changed password is told by mail', async () => {
    const body = { currentPassword: PASSWORD, newPassword: NEW };
    await seller.post('/v1/auth/change-password', body);
    const [mail] = await work();
    expect(mail!.source).toMatch(/^Subject: Your password was changed$/m);
    expect(textOf(mail!)).toContain('127.0.0.1');
  });
});

describe('D-A19: the mail of a forgotten password', () => {
  test('goes out by itself, some seconds after it was asked for', async () => {
    const smtp = await startSmtpServer();
    const server = await startTestServer({ SMTP_URL: smtp.url });
    const { email } = await aSeller(server.url);
    const arriving = smtp.next();
    await http(server.url).post('/v1/auth/forgot-password', { email });
    expect((await arriving).to).toEqual([email]);
    await server.close();
    await smtp.close();
  });

  test('stands in the log where no SMTP_URL is set', async () => {
    const server = await startTestServer({ LOG_LEVEL: 'info', BACKGROUND_JOBS: 'false' });
    const { email } = await aSeller(server.url);
    await http(server.url).post('/v1/auth/forgot-password', { email });
    const requests = server.app.get(PasswordResetRequests, { strict: false });
    await server.app.get(Transactions).run(() => requests.answer());
    await server.app.get(Mailer).sendDue(new AbortController().signal);
    const line = server.logs.find((text) => text.includes('#token='));
    expect(line && JSON.parse(line)).toMatchObject({ mail: { to: email } });
    await server.close();
  });

  test('cannot be sent in production without SMTP_URL: every address is told so', async () => {
    const server = await startTestServer({ NODE_ENV: 'production' });
    const { email } = await aSeller(server.url);
    for (const address of [email, 'nobody@example.com']) {
      const body = { email: address };
      const answer = await http(server.url).post('/v1/auth/forgot-password', body);
      const message = 'This server sends no mail; ask its operator for help';
      expectError(answer, 503, message, 'MAIL_NOT_CONFIGURED');
    }
    expect(await server.database.rows('SELECT id FROM password_reset_requests')).toEqual([]);
    await server.close();
  });
});
