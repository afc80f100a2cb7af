import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aSeller } from '../factories';
import { aGateway, TestGateway } from '../factories/tki';
import { until } from '../faults/support/until';
import { uuidOf } from './sample';
import { AttemptNotices } from '../../src/modules/gateways';
import { startTestServer, TestServer } from '../support/server';

/** What stands in for Discord: keeps what it is told and answers as it should. */
class Receiver {
  readonly told: { path: string; body: Record<string, unknown> }[] = [];
  readonly answers: { status: number; headers?: Record<string, string> }[] = [];
  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        receiver.told.push({ path: request.url!, body: JSON.parse(text) });
        if (request.url!.startsWith('/tarpit')) return;
        const { status, headers } = receiver.answers.shift() ?? { status: 204 };
        response.writeHead(status, headers).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

let server: TestServer;
let receiver: Receiver;
let gateway: TestGateway;
beforeAll(async () => {
  receiver = await Receiver.open();
  const port = new URL(receiver.url('')).port;
  server = await startTestServer({
    BACKGROUND_JOBS: 'false',
    OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
    OUTBOUND_PORTS: `443,${port}`,
  });
});
beforeEach(async () => {
  receiver.told.length = 0;
  await server.database.rows('DELETE FROM attempt_notices');
  gateway = await aGateway(await aSeller(server.url), {
    SuccessfulLogChannel: receiver.url('/granted'),
    FailedLogChannel: receiver.url('/refused'),
  });
});
afterAll(async () => {
  await server.close();
  await receiver.close();
});

/** Notices of successful attempts, one a second up to now. */
const wait = (of: TestGateway, count: number) =>
  server.database.rows(
    `INSERT INTO attempt_notices (id, seller_id, channel, notice, created_at)
     SELECT gen_random_uuid(), $1, 'granted', jsonb_build_object('outcome', 'granted', 'hwid', n::text),
            clock_timestamp() - make_interval(secs => $2 - n)
       FROM generate_series(1, $2) n`,
    [uuidOf(of.seller.id), count],
  );
const sendDue = () => server.app.get(AttemptNotices).sendDue(new AbortController().signal);
const waiting = () => server.database.value<number>('SELECT count(*)::int FROM attempt_notices');

describe('«All authentication attempts are logged to Discord channels (if configured)»', () => {
  test('successful and failed attempts go to their channels, together, without a whole key', async () => {
    const { licensekey } = await gateway.license({ discord_username: 'john_doe' });
    for (const version of ['1.0.0', '9', '1.0.0']) {
      await gateway.authenticate(licensekey, { version, hwid: '@everyone' });
    }
    expect(await sendDue()).toBe(3);
    const byPath = Object.fromEntries(receiver.told.map(({ path, body }) => [path, body]));
    expect(Object.keys(byPath).sort()).toEqual(['/granted', '/refused']);
    expect(byPath['/granted']).toMatchObject({
      embeds: [{ title: '2 successful authentications', fields: [{}, {}] }],
      allowed_mentions: { parse: [] },
    });
    const refused = JSON.stringify(byPath['/refused']);
    expect(refused).toContain('1 failed authentication');
    expect(refused).toContain('Reason: VERSION');
    expect(refused).toContain('john');
    expect(JSON.stringify(receiver.told)).not.toContain(licensekey);
    expect(await waiting()).toBe(0);
  });

  test('a channel that asks to wait is told later, one that is gone is not told again', async () => {
    const { licensekey } = await gateway.license();
    receiver.answers.push({ status: 429, headers: { 'retry-after': '7' } });
    await gateway.authenticate(licensekey);
    await sendDue();
    const wait = await server.database.value<number>(
      'SELECT extract(epoch FROM next_try_at - clock_timestamp())::float8 FROM attempt_notices',
    );
    expect(wait).toBeGreaterThan(5);
    expect(wait).toBeLessThanOrEqual(7);
    expect(await sendDue()).toBe(0);
    await server.database.rows('UPDATE attempt_notices SET next_try_at = clock_timestamp()');
    receiver.answers.push({ status: 404 });
    expect(await sendDue()).toBe(1);
    expect([receiver.told.length, await waiting()]).toEqual([2, 0]);
  });

  test('what waits behind a message, and what comes meanwhile, waits with the channel', async () => {
    const { licensekey } = await gateway.license();
    await wait(gateway, 12);
    receiver.answers.push({ status: 429, headers: { 'retry-after': '7' } });
    expect(await sendDue()).toBe(10);
    await gateway.authenticate(licensekey);
    expect(await sendDue()).toBe(0);
    expect([receiver.told.length, await waiting()]).toEqual([1, 13]);
    await server.database.rows('UPDATE attempt_notices SET next_try_at = clock_timestamp()');
    // One message in a round, however much there is to tell.
    expect([await sendDue(), await sendDue(), await sendDue()]).toEqual([10, 3, 0]);
  });

  test('each notice has its own tries: those that are worn out go, those that came later stay', async () => {
    await wait(gateway, 3);
    await server.database.rows(
      `UPDATE attempt_notices SET tries = 5 WHERE id = (SELECT id FROM attempt_notices ORDER BY created_at LIMIT 1)`,
    );
    receiver.answers.push({ status: 500 });
    expect(await sendDue()).toBe(3);
    const tries = await server.database.rows('SELECT tries FROM attempt_notices');
    expect(tries).toEqual([{ tries: 1 }, { tries: 1 }]);
    // The channel waits all the same.
    expect(await sendDue()).toBe(0);
  });

  test('a channel that does not answer, or that another process has, holds up no other', async () => {
    const slow = await aGateway(await aSeller(server.url), {
      SuccessfulLogChannel: receiver.url('/tarpit'),
    });
    const held = await aGateway(await aSeller(server.url), {
      SuccessfulLogChannel: receiver.url('/held'),
    });
    for (const each of [slow, held, gateway]) await wait(each, 1);
    const other = await server.database.pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM attempt_notices WHERE seller_id = $1 FOR UPDATE', [
      uuidOf(held.seller.id),
    ]);
    const stopping = new AbortController();
    const round = server.app.get(AttemptNotices).sendDue(stopping.signal);
    const told = () => receiver.told.map(({ path }) => path).sort();
    await until('both to be told', () => told().length === 2, 4_000);
    await until('one to be done', async () => (await waiting()) === 2, 4_000);
    expect(told()).toEqual(['/granted', '/tarpit']);
    stopping.abort();
    await round;
    await other.query('ROLLBACK');
    other.release();
    expect(await sendDue()).toBe(1);
  });

  test('no more than a thousand notices wait for a channel; the newest are left out', async () => {
    await wait(gateway, 1_003);
    await sendDue();
    expect(await waiting()).toBe(990);
    const newest = await server.database.value<string>(
      "SELECT notice->>'hwid' FROM attempt_notices ORDER BY created_at DESC LIMIT 1",
    );
    expect(newest).toBe('1000');
  });

  test('whoever takes notices and dies leaves them to the next', async () => {
    const { licensekey } = await gateway.license();
    await gateway.authenticate(licensekey);
    const aborted = new AbortController();
    aborted.abort();
    expect(await server.app.get(AttemptNotices).sendDue(aborted.signal)).toBe(0);
    expect(await waiting()).toBe(1);
    expect(await sendDue()).toBe(1);
  });

  test('S-20 a channel inside the network is refused; the address is shown to nobody again', async () => {
    for (const bad of [
      'http://169.254.169.254/latest',
      'https://10.0.0.1/x',
      'ftp://a.example/x',
    ]) {
      const answer = await gateway.seller.patch('/api/tki/settings', { FailedLogChannel: bad });
      expect([answer.status, answer.body.status_overview]).toEqual([400, 'failed']);
    }
    const shown = await gateway.seller.get('/api/tki/settings');
    expect(shown.body.data.SuccessfulLogChannel).toMatch(/\/\*{4}$/);
    await gateway.set({ SuccessfulLogChannel: null, FailedLogChannel: null });
    await gateway.authenticate((await gateway.license()).licensekey);
    expect(await waiting()).toBe(0);
  });
});
