import { SmtpServer, startSmtpServer, textOf } from '../../../test/support/smtp';
import { startTestServer, TestServer } from '../../../test/support/server';
import { Transactions } from '../database';
import { Mailer } from '.';

const QUIET = { BACKGROUND_JOBS: 'false', MAIL_FROM: 'Desk <desk@example.com>' };
const MAIL = { to: 'zoë@example.com', subject: 'A subject', text: 'Größe\n\n.dot\n' };

describe('Mailer with a mail server', () => {
  const going = new AbortController().signal;
  let smtp: SmtpServer;
  let server: TestServer;
  let mailer: Mailer;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await startTestServer({ ...QUIET, SMTP_URL: smtp.url });
    mailer = server.app.get(Mailer);
  });
  afterEach(() => server.database.rows('DELETE FROM mails'));
  afterAll(async () => {
    await server.close();
    await smtp.close();
  });

  const queue = (mail = MAIL) => server.app.get(Transactions).run(async () => mailer.enqueue(mail));
  const queued = () =>
    server.database.rows<{ attempts: number; wait: number }>(
      `SELECT attempts, round(extract(epoch FROM not_before - now()))::int AS wait FROM mails`,
    );
  const makeDue = () => server.database.rows('UPDATE mails SET not_before = now()');

  test('sends what was committed, once, to the one address, and forgets it', async () => {
    const arriving = smtp.next();
    await queue();
    expect(await mailer.sendDue(going)).toBe(1);

    const mail = await arriving;
    expect(mail).toMatchObject({ from: 'desk@example.com', to: [MAIL.to] });
    expect(mail.source).toMatch(/^From: Desk <desk@example\.com>$/m);
    expect(mail.source).toMatch(/^Subject: A subject$/m);
    expect(textOf(mail)).toContain(MAIL.text.trim());
    expect(await queued()).toEqual([]);
    expect(await mailer.sendDue(going)).toBe(0);
  });

  test('an address is one address, whatever stands in it: nobody else gets a copy', async () => {
    await queue({ ...MAIL, to: 'a@example.com, b@example.com' });
    await mailer.sendDue(going);
    expect(smtp.mails.flatMap(({ to }) => to)).not.toContain('b@example.com');
  });

  test('what was rolled back is not sent, and nothing readable is stored', async () => {
    const failing = server.app.get(Transactions).run(async () => {
      mailer.enqueue(MAIL);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await queued()).toEqual([]);
    await queue();
    const stored = await server.database.value<string>(
      "SELECT encode(body_sealed, 'escape') FROM mails",
    );
    expect(stored).not.toContain('dot');
  });

  test('a mail that is refused waits longer after each try and is given up after the tenth', async () => {
    await queue();
    smtp.refuse(10);
    const waits: number[] = [];
    for (let tried = 0; tried < 10; tried++) {
      expect(await mailer.sendDue(going)).toBe(0);
      waits.push(...(await queued()).map(({ wait }) => wait));
      await makeDue();
    }
    expect(waits).toEqual([60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400]);
    const days = waits.reduce((sum, seconds) => sum + seconds, 0) / 86_400;
    expect(days).toBeGreaterThan(2.5);
    expect(days).toBeLessThan(3.5);
    expect(await queued()).toEqual([]);
  });

  test('a mail that was refused is taken later', async () => {
    await queue();
    smtp.refuse(1);
    await mailer.sendDue(going);
    await makeDue();
    expect(await mailer.sendDue(going)).toBe(1);
  });

  test('rounds side by side send each mail once', async () => {
    const before = smtp.mails.length;
    for (let n = 0; n < 10; n++) await queue({ ...MAIL, subject: `Number ${n}` });
    const rounds = await Promise.all(Array.from({ length: 5 }, () => mailer.sendDue(going)));
    expect(rounds.reduce((sum, sent) => sum + sent, 0)).toBe(10);
    const subjects = smtp.mails.slice(before).map(({ source }) => /Number \d/.exec(source)![0]);
    expect(new Set(subjects).size).toBe(10);
  });

  test('a round that is told to stop begins no further mail', async () => {
    await queue();
    expect(await mailer.sendDue(AbortSignal.abort())).toBe(0);
    expect(await queued()).toEqual([{ attempts: 0, wait: expect.any(Number) }]);
  });
});

test('without SMTP_URL the mail stands in the log', async () => {
  const server = await startTestServer({ BACKGROUND_JOBS: 'false', LOG_LEVEL: 'info' });
  const mailer = server.app.get(Mailer);
  await server.app.get(Transactions).run(async () => mailer.enqueue(MAIL));
  expect(await mailer.sendDue(new AbortController().signal)).toBe(1);
  expect(server.logs.map((line) => JSON.parse(line) as { mail?: object })).toContainEqual(
    expect.objectContaining({ mail: MAIL }),
  );
  await server.close();
});

test('in production without SMTP_URL no mail is queued, and that is known beforehand', async () => {
  const server = await startTestServer({ BACKGROUND_JOBS: 'false', NODE_ENV: 'production' });
  const mailer = server.app.get(Mailer);
  await server.app.get(Transactions).run(async () => mailer.enqueue(MAIL));
  expect(mailer.isConfigured).toBe(false);
  expect(await server.database.rows('SELECT id FROM mails')).toEqual([]);
  await server.close();
});
