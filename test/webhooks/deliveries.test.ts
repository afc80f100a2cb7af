import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { DeliveriesRepository } from '../../src/modules/webhooks/deliveries.repository';
import { DeliveryRecorder } from '../../src/modules/webhooks/delivery-recorder';
import { JITTER, RETRY_SECONDS } from '../../src/modules/webhooks/domain/delivery';
import { REPLAY_MAX } from '../../src/modules/webhooks/domain/webhook';
import { FanOut } from '../../src/modules/webhooks/fan-out';
import { LanesRepository } from '../../src/modules/webhooks/lanes.repository';
import { WebhookCleaning } from '../../src/modules/webhooks/webhook-cleaning';
import { WebhookSwitch } from '../../src/modules/webhooks/webhook-switch';
import { WebhookWorker } from '../../src/modules/webhooks/webhook-worker';
import { Transactions } from '../../src/platform/database';
import { Mailer } from '../../src/platform/mail';
import { Outbox } from '../../src/platform/outbox';
import type { TestApp } from '../factories';
import { trials } from '../races/support';
import type { Received } from '../support/receiver';
import { bodies, Endpoint, WebhookWorld } from './support';

let world: WebhookWorld;
let app: TestApp;
beforeAll(async () => {
  world = await WebhookWorld.open({ DATABASE_LOCK_TIMEOUT_MS: '800' });
});
afterAll(() => world.close());
afterEach(() => jest.restoreAllMocks());
beforeEach(async () => {
  await world.server.database.rows('DELETE FROM webhooks');
  app = await world.app();
  world.receiver.received.length = 0;
  world.receiver.answer((_, reply) => void reply.writeHead(204).end());
});

const numbers = () => bodies(world.receiver.received).map(({ sequence }) => sequence);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const answering = (status: number, headers: Record<string, string> = {}) =>
  world.receiver.answer((_, reply) => void reply.writeHead(status, headers).end());
const statusOf = async (endpoint: Endpoint) => {
  const list = await app.seller.get(app.path('/webhooks'));
  const { status, statusReason } = list.body.data.find(({ id }: Endpoint) => id === endpoint.id);
  return statusReason ? `${status} ${statusReason}` : status;
};

describe('an event on its way', () => {
  test('W-03 an event is delivered once, in order, signed, numbered, with the documents’ envelope', async () => {
    const endpoint = await world.endpoint(app, { ordering: 'strict' });
    const user = await app.user();
    await app.login(user.username, 'HWID-1');
    await world.settle();

    const received = bodies(world.receiver.received);
    expect(received.map(({ event }) => event)).toEqual([
      'license.activate',
      'user.register',
      'session.create',
      'user.login',
    ]);
    expect(numbers()).toEqual([1, 2, 3, 4]);
    expect(received.at(-1)).toEqual({
      event: 'user.login',
      timestamp: expect.stringMatching(/Z$/),
      sequence: 4,
      data: {
        userId: expect.any(String),
        username: user.username,
        ip: '127.0.0.1',
        hwid: 'HWID-1',
        appId: app.id,
        country: null,
      },
    });
    for (const { headers, body } of world.receiver.received) {
      const verified = new Webhook(endpoint.secret).verify(body, headers as Record<string, string>);
      expect(verified).toEqual(JSON.parse(body));
    }
    await world.settle();
    expect(world.receiver.received).toHaveLength(4);
  });

  test('W-03 an event exists if and only if its change committed; nobody hears of the others', async () => {
    await world.endpoint(app);
    const [outbox, transactions] = [
      world.server.app.get(Outbox),
      world.server.app.get(Transactions),
    ];
    const TRIALS = trials(1_000);
    let committed = 0;
    for (let n = 0; n < TRIALS; n++) {
      const change = transactions.run(async () => {
        outbox.emit({ type: 'user.login', appId: app.id, data: { n } });
        if (n % 2) throw new Error('rolled back');
      });
      await change.then(() => committed++).catch(() => undefined);
    }
    await world.settle();

    expect(committed).toBe(Math.ceil(TRIALS / 2));
    expect(
      bodies(world.receiver.received)
        .map(({ data }) => data.n)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: committed }, (_, index) => 2 * index));
    expect(numbers().sort((a, b) => a - b)).toEqual(upTo(committed));
  });

  test('W-03 twin: events written outside the transaction outlive the rollback', async () => {
    await world.endpoint(app);
    const transactions = world.server.app.get(Transactions);
    let broken = 0;
    for (let n = 0; n < 10; n++) {
      world.receiver.received.length = 0;
      await transactions
        .run(async () => {
          await world.emit(app, 1);
          throw new Error('rolled back');
        })
        .catch(() => undefined);
      await world.settle();
      if (world.receiver.received.length > 0) broken++;
    }
    expect(broken).toBeGreaterThanOrEqual(9);
  });

  test('endpoints hear what they subscribed to, and only of their application', async () => {
    const logins = await world.endpoint(app, { events: ['user.login'] });
    const other = await world.app();
    await world.emit(app, 2, 'user.login');
    await world.emit(app, 3, 'user.ban');
    await world.emit(other, 4, 'user.login');
    await world.settle();

    expect(bodies(world.receiver.received).map(({ event }) => event)).toEqual([
      'user.login',
      'user.login',
    ]);
    expect(await world.log(logins)).toHaveLength(2);
  });
});

describe('W-01 a receiver that is down', () => {
  const EVENTS = trials(10_000);
  const AT_ONCE = 1_000;

  /** What is not as the schedule says while a receiver is down for all ten tries of so many events. */
  async function tenTries(endpoint: Endpoint, events: number): Promise<string[]> {
    // The second try is due after seconds: what had its first one is put off, the gap kept as it is.
    for (let left = events; left > 0; left -= AT_ONCE) {
      await world.emit(app, Math.min(left, AT_ONCE));
      await world.settle();
      await world.server.database.rows(
        `UPDATE webhook_deliveries SET attempted_at = attempted_at + interval '1 day',
                next_attempt_at = next_attempt_at + interval '1 day' WHERE attempted_at < now()`,
      );
    }
    const off: string[] = [];
    for (const [step, seconds] of RETRY_SECONDS.entries()) {
      await world.settle();
      const [gaps] = await world.server.database.rows<{ low: number; high: number; tried: number }>(
        `SELECT min(extract(epoch FROM next_attempt_at - attempted_at))::float8 AS low,
                max(extract(epoch FROM next_attempt_at - attempted_at))::float8 AS high,
                count(*) FILTER (WHERE attempts = $2 AND status = 'PENDING')::int AS tried
           FROM webhook_deliveries WHERE webhook_id = $1`,
        [endpoint.uuid, step + 1],
      );
      const wrong = [
        ...(gaps!.tried === events ? [] : [`${gaps!.tried} of ${events}`]),
        ...(gaps!.low >= seconds * (1 - JITTER) - 0.01 ? [] : [`after ${gaps!.low} s`]),
        ...(gaps!.high <= seconds * (1 + JITTER) + 0.01 ? [] : [`after ${gaps!.high} s`]),
        // They must not come back all at once.
        ...(events < 100 || gaps!.high - gaps!.low >= seconds * JITTER ? [] : ['no jitter']),
      ];
      if (wrong.length > 0) off.push(`try ${step + 1}: ${wrong.join(', ')}`);
      await world.timePasses();
    }
    return off;
  }

  test(`W-01 three days down, ${EVENTS} events: ten tries on schedule, nothing is lost`, async () => {
    const endpoint = await world.endpoint(app);
    answering(503);
    const off = await tenTries(endpoint, EVENTS);
    answering(200);
    world.receiver.received.length = 0;
    await world.settle();

    expect(off).toEqual([]);
    expect(numbers().sort((a, b) => a - b)).toEqual(upTo(EVENTS));
    const [last] = await world.log(endpoint);
    expect(last).toMatchObject({ status: 'DELIVERED', attempts: 10 });
    expect(last!.history).toHaveLength(10);
    expect(await statusOf(endpoint)).toBe('ACTIVE');
  });

  test('W-01 twin: tries that all come a minute later are off the schedule each time', async () => {
    const { record } = LanesRepository.prototype;
    jest.spyOn(LanesRepository.prototype, 'record').mockImplementation(function (
      this: LanesRepository,
      tries,
    ) {
      return record.call(
        this,
        tries.map((one) => ({ ...one, delaySeconds: 60, jitter: false })),
      );
    });
    const endpoint = await world.endpoint(app);
    answering(503);
    expect(await tenTries(endpoint, 120)).toHaveLength(RETRY_SECONDS.length);
  });

  test('W-01 the tenth failure is the last; a replay starts anew', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    answering(500);
    for (let i = 0; i < 12; i++) {
      await world.settle();
      await world.timePasses();
    }
    const [failed] = (await app.seller.get(endpoint.path('/deliveries?status=FAILED'))).body.data;
    expect(world.receiver.received).toHaveLength(10);
    expect(failed).toMatchObject({
      status: 'FAILED',
      attempts: 10,
      statusCode: 500,
      nextAttemptAt: null,
    });

    answering(200);
    const replayed = await app.seller.post(endpoint.path(`/deliveries/${failed.id}/replay`));
    expect(replayed.body.data).toMatchObject({ id: failed.id, status: 'PENDING', attempts: 0 });
    await world.settle();
    const ids = new Set(world.receiver.received.map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(1);
    expect((await world.log(endpoint))[0]).toMatchObject({ status: 'DELIVERED', attempts: 1 });
  });
});

describe('W-02 order', () => {
  const unreliable = (seen: Received[], share = 0.02) => {
    world.receiver.answer((one, reply) => {
      const fails = Math.random() < share;
      if (!fails) seen.push(one);
      reply.writeHead(fails ? 500 : 200).end();
    });
  };

  test('W-02 strict: in sequence whatever fails; other endpoints do not wait', async () => {
    const EVENTS = trials(5_000);
    const strict = await world.endpoint(app, {
      ordering: 'strict',
      url: world.receiver.url('/strict'),
    });
    const loose = await world.endpoint(app, { url: world.receiver.url('/loose') });
    await world.emit(app, EVENTS);
    const accepted: Received[] = [];
    unreliable(accepted);
    const at = (path: string) =>
      bodies(accepted.filter((one) => one.path === path)).map(({ sequence }) => sequence);
    for (let round = 0; at('/strict').length < EVENTS && round < EVENTS; round++) {
      await world.settle();
      await world.timePasses();
    }
    await world.settle();

    expect(at('/strict')).toEqual(upTo(EVENTS));
    expect(at('/loose').sort((a, b) => a - b)).toEqual(upTo(EVENTS));
    expect((await world.log(strict)).every(({ status }) => status === 'DELIVERED')).toBe(true);
    expect(await statusOf(loose)).toBe('ACTIVE');
  });

  test('W-02 twin: without the order an endpoint sees gaps and repeats of what is behind', async () => {
    let broken = 0;
    for (let trial = 0; trial < 10; trial++) {
      await world.server.database.rows('DELETE FROM webhooks');
      answering(204);
      await world.endpoint(app, { url: world.receiver.url(`/${trial}`) });
      await world.emit(app, 60);
      const accepted: Received[] = [];
      unreliable(accepted, 0.1);
      for (let round = 0; accepted.length < 60 && round < 10; round++) {
        await world.settle();
        await world.timePasses();
      }
      const order = bodies(accepted).map(({ sequence }) => sequence);
      if (order.some((sequence, index) => index > 0 && sequence !== order[index - 1]! + 1))
        broken++;
    }
    expect(broken).toBeGreaterThanOrEqual(9);
  });

  test('W-02 one failing event holds up its own endpoint only, until it is given up', async () => {
    const strict = await world.endpoint(app, {
      ordering: 'strict',
      url: world.receiver.url('/strict'),
    });
    await world.endpoint(app, { ordering: 'strict', url: world.receiver.url('/other') });
    await world.emit(app, 3);
    world.receiver.answer((one, reply) => {
      const bad =
        one.path === '/strict' && (JSON.parse(one.body) as { sequence: number }).sequence === 2;
      reply.writeHead(bad ? 500 : 200).end();
    });
    await world.settle();
    expect((await world.log(strict)).map(({ status }) => status)).toEqual([
      'DELIVERED',
      'PENDING',
      'PENDING',
    ]);
    expect(world.receiver.received.filter(({ path }) => path === '/other')).toHaveLength(3);
    for (let i = 0; i < 9; i++) {
      await world.timePasses();
      await world.settle();
    }
    expect((await world.log(strict)).map(({ status }) => status)).toEqual([
      'DELIVERED',
      'FAILED',
      'DELIVERED',
    ]);
  });
});

describe('W-04 signatures', () => {
  const verifies = (secret: string, { headers, body }: Received): boolean => {
    try {
      new Webhook(secret).verify(body, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  };

  test('W-04 every secret of the last day signs, three rotated in turn; older ones do not', async () => {
    const endpoint = await world.endpoint(app);
    const secrets = [endpoint.secret];
    for (let i = 0; i < 3; i++) {
      const rotated = await app.seller.post(endpoint.path('/rotate-secret'));
      secrets.push(rotated.body.data.secret);
      expect(rotated.status).toBe(200);
    }
    const latest = async () => {
      await world.emit(app, 1);
      await world.settle();
      return world.receiver.received.at(-1)!;
    };
    const message = await latest();
    expect(new Set(secrets).size).toBe(4);
    expect(secrets.map((secret) => verifies(secret, message))).toEqual([true, true, true, true]);

    await world.server.database.rows(
      "UPDATE webhook_secrets SET expires_at = expires_at - interval '24 hours'",
    );
    const later = await latest();
    expect(secrets.map((secret) => verifies(secret, later))).toEqual([false, false, false, true]);
    expect(
      verifies(secrets.at(-1)!, { ...later, body: later.body.replace('player', 'ployer') }),
    ).toBe(false);
    const shown = JSON.stringify((await app.seller.get(app.path('/webhooks'))).body);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });

  test('W-04 v1a verifies with the published key, which differs from application to application', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    await world.settle();
    const { headers, body } = world.receiver.received[0]!;
    const [, signature] = /v1a,(\S+)/.exec(String(headers['webhook-signature']))!;
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const holds = (publicKey: string, text: string) => {
      const raw = Buffer.from(publicKey.slice('whpk_'.length), 'base64');
      const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
      return verify(null, Buffer.from(text), key, Buffer.from(signature!, 'base64'));
    };
    const other = await world.endpoint(await world.app());
    expect(holds(endpoint.publicKey, signed)).toBe(true);
    expect(holds(endpoint.publicKey, `${signed} `)).toBe(false);
    expect(holds(other.publicKey, signed)).toBe(false);
  });
});

describe('W-05 what receivers answer', () => {
  test.each<[status: number, ends: string]>([
    [200, 'DELIVERED'],
    [204, 'DELIVERED'],
    [301, 'PENDING'],
    [400, 'PENDING'],
    [404, 'PENDING'],
    [500, 'PENDING'],
    [502, 'PENDING'],
  ])('W-05 %d: %s', async (status, ends) => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    answering(status, { location: world.receiver.url('/inside') });
    await world.settle();
    const [row] = await world.log(endpoint);
    expect(row).toMatchObject({ status: ends, status_code: status, attempts: 1 });
    expect(world.receiver.received).toHaveLength(1);
  });

  test('W-05 410 switches the endpoint off, and its owner is told once', async () => {
    const queued = jest.spyOn(world.server.app.get(Mailer), 'enqueue');
    const endpoint = await world.endpoint(app);
    await world.emit(app, 20);
    answering(410);
    await world.settle();
    expect(await statusOf(endpoint)).toBe('DISABLED gone');
    expect(queued.mock.calls.map(([mail]) => mail.to)).toEqual([app.seller.email]);
    // The path is as good as a password: other endpoints are not told.
    const [told] = await world.server.database.rows<{ data: object }>(
      "SELECT data FROM outbox_events WHERE type = 'webhook.disabled' AND app_id = $1",
      [app.id],
    );
    expect(told!.data).toMatchObject({ url: world.receiver.url('/…'), reason: 'gone' });
    expect(JSON.stringify(queued.mock.calls)).not.toContain('/hook');
    const sent = world.receiver.received.length;
    await world.emit(app, 5);
    await world.timePasses();
    await world.settle();
    expect(world.receiver.received).toHaveLength(sent);
    queued.mockRestore();
  });

  /** What an endpoint is that moved, and was verified, while its address before was about to say 410. */
  async function movedUnder410(): Promise<string> {
    const endpoint = await world.endpoint(app, { url: world.receiver.url('/old') });
    let say: () => void = () => undefined;
    const said = new Promise<void>((resolve) => (say = resolve));
    world.receiver.answer((one, reply) => {
      if (one.path !== '/old') reply.writeHead(204).end();
      else void said.then(() => reply.writeHead(410).end());
    });
    await world.emit(app, 1);
    const turn = world.settle();
    await world.receiver.until(1);
    const url = world.receiver.url('/new');
    expect((await app.seller.patch(endpoint.path(), { url })).status).toBe(200);
    expect((await app.seller.post(endpoint.path('/test'))).body.data.ok).toBe(true);
    say();
    await turn;
    return statusOf(endpoint);
  }

  test('W-05 what an address says that was left does not count against the one after it', async () => {
    expect(await movedUnder410()).toBe('ACTIVE');
  });

  test('W-05 twin: a turn that outlives the change of the endpoint switches it off', async () => {
    const { release } = LanesRepository.prototype;
    jest.spyOn(LanesRepository.prototype, 'release').mockImplementation(async function (
      this: LanesRepository,
      ...args
    ) {
      await release.apply(this, args);
      return true;
    });
    expect(await movedUnder410()).toBe('DISABLED gone');
  });

  test('W-05 429 and 503 with Retry-After: the endpoint is left alone for that long, and no try is lost', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    answering(429, { 'retry-after': '120' });
    await world.settle();
    const [row] = await world.log(endpoint);
    const wait = (row!.next_attempt_at.getTime() - row!.attempted_at.getTime()) / 1_000;
    expect(row).toMatchObject({ status: 'PENDING', attempts: 0, status_code: 429 });
    expect(wait).toBeCloseTo(120, 0);
    await world.emit(app, 1);
    await world.settle();
    expect(world.receiver.received).toHaveLength(1);
    const [shown] = (await app.seller.get(app.path('/webhooks'))).body.data;
    expect(Date.parse(shown.pausedUntil)).toBeGreaterThan(Date.now() + 110_000);

    answering(200);
    await world.timePasses();
    await world.settle();
    expect((await world.log(endpoint)).map(({ status }) => status)).toEqual([
      'DELIVERED',
      'DELIVERED',
    ]);
  });

  test('W-05 a replay begins the time anew in which a delivery may be told to wait', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    await world.settle();
    await world.server.database.rows(
      "UPDATE webhook_deliveries SET created_at = now() - interval '5 days', queued_at = now() - interval '5 days'",
    );
    const [{ id }] = (await app.seller.get(endpoint.path('/deliveries'))).body.data;
    expect((await app.seller.post(endpoint.path(`/deliveries/${id}/replay`))).status).toBe(200);
    answering(429, { 'retry-after': '120' });
    await world.settle();
    expect((await world.log(endpoint))[0]).toMatchObject({ status: 'PENDING', attempts: 0 });
  });

  test('W-05, S-24 the log holds status, timing and 2 KiB of the answer, as harmless text', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    world.receiver.answer(
      (_, reply) => void reply.writeHead(500).end(`<script>\u0000${'x'.repeat(100_000)}`),
    );
    await world.settle();
    const answer = await app.seller.get(endpoint.path('/deliveries'));
    const [line] = answer.body.data;
    expect(line).toMatchObject({
      event: 'user.login',
      sequence: 1,
      statusCode: 500,
      failure: null,
    });
    expect(line.durationMs).toBeGreaterThanOrEqual(0);
    expect(line.response).toMatch(/^<script>\ufffdx+$/);
    expect(Buffer.byteLength(line.response)).toBe(2_048);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('W-07 an endpoint that fails for days', () => {
  const aged = (days: number) =>
    world.server.database.rows(
      'UPDATE webhooks SET failing_since = now() - make_interval(days => $1)',
      [days],
    );

  test('W-07 five days: off, told once; events are kept; recover since, single replay, age', async () => {
    const queued = jest.spyOn(world.server.app.get(Mailer), 'enqueue');
    const endpoint = await world.endpoint(app);
    const since = new Date(Date.now() - 1_000).toISOString();
    await world.emit(app, 3);
    answering(500);
    await world.settle();
    await aged(4);
    await world.timePasses();
    await world.settle();
    expect(await statusOf(endpoint)).toBe('ACTIVE');
    await aged(5);
    await world.timePasses();
    await world.settle();
    expect(await statusOf(endpoint)).toBe('DISABLED failing');
    await world.timePasses();
    await world.settle();
    expect(queued.mock.calls.map(([mail]) => mail.subject)).toEqual(['A webhook was switched off']);
    queued.mockRestore();

    // What happens while it is off is missed, and kept.
    await world.emit(app, 2);
    await world.settle();
    answering(200);
    const on = await app.seller.patch(endpoint.path(), { enabled: true });
    expect(on.body.data).toMatchObject({
      status: 'PENDING',
      statusReason: null,
      failingSince: null,
    });
    await world.timePasses();
    await world.settle();
    expect(await statusOf(endpoint)).toBe('ACTIVE');
    world.receiver.received.length = 0;
    const replayed = await app.seller.post(endpoint.path('/replay'), { since });
    expect(replayed.body.data).toEqual({ queued: expect.any(Number), more: false, next: null });
    await world.settle();
    const missed = bodies(world.receiver.received).filter(({ event }) => event === 'user.login');
    expect(missed).toHaveLength(2);
    const again = await app.seller.post(endpoint.path('/replay'), { since });
    expect(again.body.data.queued).toBe(0);
    const all = await app.seller.post(endpoint.path('/replay'), { since, delivered: true });
    expect(all.body.data.queued).toBe(6);
  });

  test('W-07 twin: without the switch it is called on and on', async () => {
    jest.spyOn(WebhookSwitch.prototype, 'off').mockResolvedValue();
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    answering(500);
    await world.settle();
    await aged(6);
    await world.timePasses();
    await world.settle();
    expect(await statusOf(endpoint)).toBe('ACTIVE');
  });

  test('W-07 a replay of more than one call takes up goes on from `next`', async () => {
    const since = new Date(Date.now() - 1_000).toISOString();
    await world.emit(app, REPLAY_MAX + 1);
    await world.server.app.get(FanOut).run(new AbortController().signal);
    const endpoint = await world.endpoint(app);
    const replay = async (from: string) =>
      (await app.seller.post(endpoint.path('/replay'), { since: from })).body;
    const first = await replay(since);
    expect(first).toMatchObject({ data: { queued: REPLAY_MAX, more: true } });
    const second = await replay(first.data.next);
    expect(second).toMatchObject({ data: { queued: 1, more: false, next: null } });
    const log = await world.log<{ sequence: string }>(endpoint);
    expect(log.map(({ sequence }) => Number(sequence))).toEqual(upTo(REPLAY_MAX + 1));
  });

  /** Events left without a number by a fan-out that comes while a replay is in its transaction. */
  async function leftDuringReplay(inside = async () => {}): Promise<number> {
    const endpoint = await world.endpoint(app);
    const { replayAll } = DeliveriesRepository.prototype;
    let begun: () => void = () => undefined;
    let goOn: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => (begun = resolve));
    const over = new Promise<void>((resolve) => (goOn = resolve));
    jest.spyOn(DeliveriesRepository.prototype, 'replayAll').mockImplementation(async function (
      this: DeliveriesRepository,
      ...args
    ) {
      await inside();
      begun();
      await over;
      return replayAll.apply(this, args);
    });
    await world.emit(app, 1);
    const replayed = app.seller.post(
      endpoint.path('/replay'),
      { since: new Date(Date.now() - 1_000).toISOString() },
      { headers: { 'idempotency-key': 'turn' } },
    );
    await underWay;
    await world.emit(app, 3);
    await world.server.app.get(FanOut).run(new AbortController().signal);
    const left = await world.server.database.value<number>(
      'SELECT count(*)::int FROM outbox_events WHERE dispatched_at IS NULL',
    );
    goOn();
    expect((await replayed).status).toBe(200);
    return left;
  }

  test('W-07 a replay keeps nobody’s events waiting', async () => {
    expect(await leftDuringReplay()).toBe(0);
  });

  test('W-07 twin: one that takes the turn in its own transaction stops the fan-out', async () => {
    const takesTurn = async () => {
      await world.emit(app, 1);
      await world.server.app.get(FanOut).ofApp(app.id);
    };
    expect(await leftDuringReplay(takesTurn)).toBeGreaterThan(0);
  });

  test('W-07 a success in between begins the five days anew', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 2);
    answering(500);
    await world.settle();
    await aged(6);
    let first = true;
    world.receiver.answer((_, reply) => {
      reply.writeHead(first ? 200 : 500).end();
      first = false;
    });
    await world.timePasses();
    await world.settle();
    expect(await statusOf(endpoint)).toBe('ACTIVE');
  });
});

describe('what others have locked', () => {
  /** Runs `work` while a transaction holds what `sql` locks. */
  async function whileLocked<T>(sql: string, values: unknown[], work: () => Promise<T>) {
    const other = await world.server.database.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query(sql, values);
      return await work();
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
  }

  test('R-09 an application that is being deleted keeps nobody’s events waiting, nor loses its own', async () => {
    const going = await world.app();
    const farewell = await world.endpoint(going);
    const endpoint = await world.endpoint(app);
    await world.emit(going, 2);
    await world.emit(app, 3);
    const statuses = async (of: typeof endpoint) =>
      (await world.log(of)).map(({ status }) => status);
    await whileLocked('DELETE FROM apps WHERE id = $1', [going.id], () => world.settle());
    expect(await statuses(endpoint)).toEqual(Array(3).fill('DELIVERED'));
    // The deletion was rolled back.
    await world.settle();
    expect(await statuses(farewell)).toEqual(Array(2).fill('DELIVERED'));
  });

  test('events of an application that is gone wait for nobody', async () => {
    const gone = await world.app();
    await world.emit(gone, 2);
    expect((await gone.seller.delete(gone.path())).status).toBe(200);
    await world.settle();
    const waiting = 'SELECT count(*)::int FROM outbox_events WHERE dispatched_at IS NULL';
    expect(await world.server.database.value(waiting)).toBe(0);
  });

  test('R-09 twin: a delivery that is written for it waits until it gives up', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 1);
    const waiter = await world.server.database.pool.connect();
    await waiter.query("SET lock_timeout = '100ms'");
    const written = whileLocked('DELETE FROM webhooks WHERE app_id = $1', [app.id], () =>
      waiter.query(
        `INSERT INTO webhook_deliveries (id, webhook_id, event_id, sequence)
         SELECT gen_random_uuid(), $1, id, 1 FROM outbox_events WHERE app_id = $2`,
        [endpoint.uuid, app.id],
      ),
    );
    await expect(written).rejects.toMatchObject({ code: '55P03' });
    waiter.release(true);
  });

  /** Tries of two deliveries, as they are recorded, and what locks the first. */
  async function twoTries() {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 2);
    await world.server.app.get(FanOut).run(new AbortController().signal);
    const log = await world.log<{ id: string }>(endpoint);
    const end = { before: 0, attempts: 1, status: 'DELIVERED', delaySeconds: 0 } as const;
    const answer = { statusCode: 200, failure: null, durationMs: 1, response: '', jitter: false };
    const tries = log.map(({ id }) => ({ id, ...end, ...answer }));
    const lock = 'SELECT 1 FROM webhook_deliveries WHERE id = $1 FOR UPDATE';
    return { tries, lock, locked: [log[0]!.id], endpoint };
  }

  test('C-11 a delivery that is locked costs no other its record', async () => {
    const { tries, lock, locked, endpoint } = await twoTries();
    const recorder = world.server.app.get(DeliveryRecorder);
    const ends = await whileLocked(lock, locked, () =>
      Promise.allSettled(tries.map((one) => recorder.record(one))),
    );
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect((await world.log(endpoint)).map(({ status }) => status)).toEqual([
      'PENDING',
      'DELIVERED',
    ]);
  });

  test('C-11 twin: in one statement it costs all of them theirs', async () => {
    const { tries, lock, locked, endpoint } = await twoTries();
    const lanes = world.server.app.get(LanesRepository);
    await expect(whileLocked(lock, locked, () => lanes.record(tries))).rejects.toThrow('lock');
    expect((await world.log(endpoint)).map(({ status }) => status)).toEqual(['PENDING', 'PENDING']);
  });
});

describe('an endpoint that is switched off in the middle of a turn', () => {
  /** Messages that arrive when the first one makes its owner switch the endpoint off. */
  async function arriving(): Promise<number> {
    const endpoint = await world.endpoint(app, { ordering: 'strict' });
    await world.emit(app, 20);
    world.receiver.answer((_, reply) => {
      const off = app.seller.patch(endpoint.path(), { enabled: false });
      void off.then(() => reply.writeHead(204).end());
    });
    await world.settle();
    return world.receiver.received.length;
  }

  test('nothing is sent any more', async () => {
    expect(await arriving()).toBe(1);
  });

  test('twin: a turn that is not told of it sends all that it has fetched', async () => {
    jest.spyOn(Transactions.prototype, 'announce').mockImplementation(() => undefined);
    expect(await arriving()).toBe(20);
  });
});

describe('deleting an endpoint', () => {
  test('hides it at once; its log goes in batches, and the row when no worker has it in hand', async () => {
    const endpoint = await world.endpoint(app);
    await world.emit(app, 5_500);
    await world.server.app.get(FanOut).run(new AbortController().signal);
    const [lane] = await world.server.app.get(WebhookWorker).claim();
    expect((await app.seller.delete(endpoint.path())).status).toBe(200);

    expect((await app.seller.get(app.path('/webhooks'))).body).toMatchObject({ data: [] });
    const gone = [
      await app.seller.get(endpoint.path('/deliveries')),
      await app.seller.patch(endpoint.path(), { enabled: true }),
      await app.seller.post(endpoint.path('/rotate-secret')),
      await app.seller.post(endpoint.path('/test')),
      await app.seller.delete(endpoint.path()),
    ];
    expect(gone.map(({ status }) => status)).toEqual(Array(5).fill(404));
    await world.settle();
    expect(world.receiver.received).toHaveLength(0);

    const clean = () =>
      world.server.app.get(WebhookCleaning).forgetDeleted(new AbortController().signal);
    expect(await clean()).toBe(5_500);
    expect(await clean()).toBe(0);
    const end = { slowFailures: 0, failed: null, recovered: false, pauseSeconds: 0 };
    expect(await world.server.app.get(LanesRepository).release(lane!, end)).toBe(false);
    expect(await clean()).toBe(1);
    expect(await world.server.database.rows('SELECT 1 FROM webhooks')).toHaveLength(0);
  });
});
