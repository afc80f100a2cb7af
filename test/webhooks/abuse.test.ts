import { JITTER, MAX_ATTEMPTS, RETRY_SECONDS } from '../../src/modules/webhooks/domain/delivery';
import {
  WEBHOOKS_PER_APP,
  WEBHOOKS_PER_HOST,
  WEBHOOKS_PER_SELLER,
} from '../../src/modules/webhooks/domain/webhook';
import { WebhooksRepository } from '../../src/modules/webhooks/webhooks.repository';
import { Mailer } from '../../src/platform/mail';
import { NameResolver } from '../../src/platform/outbound';
import { EVENT_TYPES, EVENTS } from '../../src/platform/outbox';
import { anApp, TestApp } from '../factories';
import { trials } from '../races/support';
import { INSIDE_NAMES, insideTargets } from '../security/inside-targets';
import { bodies, WebhookWorld } from './support';

interface DiscordBody {
  readonly embeds: readonly [
    {
      readonly title: string;
      readonly description: string;
      readonly footer: { readonly text: string };
      readonly fields: readonly { readonly name: string; readonly value: string }[];
    },
  ];
  readonly allowed_mentions: object;
}

let world: WebhookWorld;
let app: TestApp;
beforeAll(async () => {
  // Reachable is one address alone: everything else that is private stays refused.
  world = await WebhookWorld.open({
    OUTBOUND_ALLOWED_NETWORKS: '127.0.0.77/32',
    OUTBOUND_PORTS: '80,443,1024-65535',
    WEBHOOK_PINGS_PER_MINUTE: '',
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.server.database.rows('DELETE FROM webhooks');
  app = await world.app();
  world.receiver.received.length = 0;
  world.receiver.answer((_, reply) => void reply.writeHead(204).end());
});
afterEach(() => jest.restoreAllMocks());

const AT = '127.0.0.77';
const ASKED = Math.max(200, trials(1_000));
const create = (url: string, of = app) =>
  of.seller.post(of.path('/webhooks'), { url, events: ['*'] });
const mine = (of = app) => of.seller.get(of.path('/webhooks'));

describe('S-20 at the API', () => {
  test('S-20 targets inside are refused with the field, nothing is stored, nobody is connected to', async () => {
    jest.spyOn(world.server.app.get(NameResolver), 'resolve').mockImplementation((name) => {
      const known = INSIDE_NAMES[name.toLowerCase()];
      return known ? Promise.resolve(known) : Promise.reject(new Error('no such name'));
    });
    const before = world.receiver.connections();
    const admitted: string[] = [];
    const good = (await create(world.receiver.url('/good', AT))).body.data;
    for (const url of insideTargets(world.receiver.port).filter(
      (one) => !one.includes('example.com:'),
    )) {
      const made = await create(url);
      const moved = await app.seller.patch(app.path(`/webhooks/${good.id}`), { url });
      for (const { status, body } of [made, moved]) {
        if (status !== 400 || body.errors?.[0]?.field !== 'url') admitted.push(`${url}: ${status}`);
      }
    }
    await world.settle();
    const listed = await mine();

    expect(admitted).toEqual([]);
    expect(listed.body.data.map(({ url }: { url: string }) => url)).toEqual([
      world.receiver.url('/good', AT),
    ]);
    expect(world.receiver.received.map(({ path }) => path)).toEqual(['/good']);
    expect(world.receiver.connections() - before).toBe(1);
  });

  test('S-20 a name that was public at creation and leads inside now is not delivered to', async () => {
    let answer = [AT];
    jest
      .spyOn(world.server.app.get(NameResolver), 'resolve')
      .mockImplementation(() => Promise.resolve(answer));
    world.receiver.answer((_, reply) => void reply.writeHead(204, { connection: 'close' }).end());
    const endpoint = await world.endpoint(app, {
      url: world.receiver.url('/hook', 'moves.example'),
    });
    expect((await mine()).body.data[0].status).toBe('ACTIVE');
    const opened = world.receiver.connections();
    answer = ['127.0.0.1'];
    await world.emit(app, 5);
    await world.settle();
    const log = await world.log<{ failure: string; status_code: number }>(endpoint);

    expect(log.map(({ failure }) => failure)).toEqual(Array(5).fill('refused-target'));
    expect(world.receiver.connections() - opened).toBe(0);
  });
});

describe('S-23 nobody is made to drown a third party', () => {
  test('S-23 no event before the ping was answered 2xx', async () => {
    world.receiver.answer((_, reply) => void reply.writeHead(404).end());
    const { id } = (await create(world.receiver.url('/victim', AT))).body.data;
    await world.settle();
    await world.emit(app, 50);
    await world.settle();
    await world.timePasses();
    await world.settle();
    expect(bodies(world.receiver.received).every(({ event }) => event === 'webhook.test')).toBe(
      true,
    );
    expect((await mine()).body.data[0].status).toBe('PENDING');

    const refused = await app.seller.post(app.path(`/webhooks/${id}/test`));
    expect(refused.body.data).toMatchObject({ statusCode: 404, ok: false });
    world.receiver.answer((_, reply) => void reply.writeHead(204).end());
    const tested = await app.seller.post(app.path(`/webhooks/${id}/test`));
    expect(tested.body.data).toMatchObject({ statusCode: 204, ok: true });
    expect((await mine()).body.data[0].status).toBe('ACTIVE');
  });

  test('S-23 hundreds of webhooks to one victim: a handful are made, however they are asked for', async () => {
    const second = await anApp(app.seller);
    const asks = Array.from({ length: ASKED }, (_, n) => n);
    const statuses: number[] = [];
    for (let at = 0; at < asks.length; at += 25) {
      const batch = asks.slice(at, at + 25);
      const answers = await Promise.all(
        batch.map((n) => create(world.receiver.url(`/${n}`, AT), n % 2 ? app : second)),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    await world.settle();

    const refused = statuses.filter((status) => status !== 201);
    expect(refused).toHaveLength(ASKED - WEBHOOKS_PER_HOST);
    // Beyond the cap, and then by the minute.
    expect(new Set(refused)).toEqual(new Set([403, 429]));
    expect(world.receiver.received.length).toBeLessThanOrEqual(WEBHOOKS_PER_HOST);
    expect(WEBHOOKS_PER_HOST).toBeLessThan(WEBHOOKS_PER_APP);
    expect(WEBHOOKS_PER_APP).toBeLessThan(WEBHOOKS_PER_SELLER);
  });

  test('S-23 twin: creations that do not take turns overstep the cap', async () => {
    jest.spyOn(WebhooksRepository.prototype, 'takeTurn').mockResolvedValue(undefined);
    let broken = 0;
    for (let trial = 0; trial < 10; trial++) {
      const own = await world.app();
      for (let n = 0; n < WEBHOOKS_PER_HOST - 1; n++)
        await create(world.receiver.url(`/${n}`, AT), own);
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => create(world.receiver.url(`/x${n}`, AT), own)),
      );
      const made = (await mine(own)).body.data.length;
      if (made > WEBHOOKS_PER_HOST) broken++;
    }
    expect(broken).toBeGreaterThanOrEqual(9);
  });

  /** What a webhook is that moved while the ping at its address before was under way. */
  async function movedUnderPing(): Promise<string> {
    let answered: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answered = resolve));
    world.receiver.answer((_, reply) => void asked.then(() => reply.writeHead(204).end()));
    const { id } = (await create(world.receiver.url('/mine', AT))).body.data;
    const pinged = app.seller.post(app.path(`/webhooks/${id}/test`));
    await world.receiver.until(1);
    const victim = world.receiver.url('/victim', AT);
    const moved = await app.seller.patch(app.path(`/webhooks/${id}`), { url: victim });
    expect(moved.status).toBe(200);
    answered();
    expect((await pinged).body.data.ok).toBe(true);
    return (await mine()).body.data[0].status;
  }

  test('S-23 an answered ping vouches for the address it went to, and for no other', async () => {
    expect(await movedUnderPing()).toBe('PENDING');
  });

  test('S-23 twin: a ping that vouches for the webhook lets it move on to a victim', async () => {
    jest.spyOn(WebhooksRepository.prototype, 'activate').mockImplementation(async (id) => {
      await world.server.database.rows("UPDATE webhooks SET status = 'ACTIVE' WHERE id = $1", [id]);
    });
    expect(await movedUnderPing()).toBe('ACTIVE');
  });

  test('S-23 test pings are limited by the minute', async () => {
    const { id } = (await create(world.receiver.url('/pinged', AT))).body.data;
    const statuses = new Set<number>();
    let retryAfter: string | null = null;
    for (let n = 0; n < 31; n++) {
      const answer = await app.seller.post(app.path(`/webhooks/${id}/test`));
      statuses.add(answer.status);
      retryAfter = answer.headers.get('retry-after');
    }
    expect([...statuses]).toEqual([200, 429]);
    expect(Number(retryAfter)).toBeGreaterThan(0);
  });

  test('S-23 whatever makes the server ping counts: creations, other addresses, switching on', async () => {
    const made: string[] = [];
    for (let n = 0; n < 10; n++) {
      const { body } = await create(world.receiver.url(`/${n}`, AT));
      made.push(app.path(`/webhooks/${body.data.id}`));
    }
    const moves = made.map((path, n) => [path, { url: world.receiver.url(`/moved${n}`, AT) }]);
    const switched = made.map((path) => [path, { enabled: true }]);
    for (const [path, body] of [...moves, ...switched] as [string, object][]) {
      expect((await app.seller.patch(path, body)).status).toBe(200);
    }
    const refused = [
      await create(world.receiver.url('/more', AT)),
      await app.seller.patch(made[0]!, { url: world.receiver.url('/more', AT) }),
      await app.seller.patch(made[0]!, { enabled: true }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect((await app.seller.patch(made[0]!, { events: ['user.login'] })).status).toBe(200);
  });

  test('S-23 a ping in vain is repeated, ten times in three days; then the webhook is off and its owner told', async () => {
    const mails = jest.spyOn(world.server.app.get(Mailer), 'enqueue');
    world.receiver.answer((_, reply) => void reply.writeHead(500).end());
    await world.endpoint(app, { url: world.receiver.url('/asleep', AT) });
    const shown = async () => (await mine()).body.data[0];
    const waits: number[] = [];
    for (let n = 1; n < MAX_ATTEMPTS; n++) {
      expect(await shown()).toMatchObject({ status: 'PENDING', statusReason: 'unverified' });
      const wait = await world.server.database.value<number>(
        'SELECT extract(epoch FROM due_at - now())::float8 FROM webhooks WHERE app_id = $1',
        [app.id],
      );
      waits.push(wait / RETRY_SECONDS[n - 1]!);
      expect(mails).not.toHaveBeenCalled();
      await world.timePasses();
      await world.settle();
    }
    expect(Math.min(...waits)).toBeGreaterThan(0.9 - JITTER);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1 + JITTER);
    expect(await shown()).toMatchObject({ status: 'DISABLED', statusReason: 'unverified' });
    expect(mails.mock.calls.map(([mail]) => mail.to)).toEqual([app.seller.email]);
    await world.timePasses();
    await world.settle();
    expect(world.receiver.received).toHaveLength(MAX_ATTEMPTS - 1);
  });

  test('S-23 a webhook that answers a later ping is on', async () => {
    world.receiver.answer((_, reply) => void reply.writeHead(500).end());
    await world.endpoint(app, { url: world.receiver.url('/late', AT) });
    world.receiver.answer((_, reply) => void reply.writeHead(204).end());
    await world.timePasses();
    await world.settle();
    expect((await mine()).body.data[0]).toMatchObject({ status: 'ACTIVE', statusReason: null });
  });

  test('S-23 a replay pings nobody', async () => {
    const endpoint = await world.endpoint(app, { url: world.receiver.url('/on', AT) });
    const since = new Date(Date.now() - 1_000).toISOString();
    await world.emit(app, 1);
    await world.settle();
    world.receiver.answer((_, reply) => void reply.writeHead(500).end());
    await app.seller.patch(endpoint.path(), { url: world.receiver.url('/victim', AT) });
    await world.settle();
    world.receiver.received.length = 0;
    const replayed = await app.seller.post(endpoint.path('/replay'), { since, delivered: true });
    expect(replayed.body.data.queued).toBe(1);
    await world.settle();
    expect(world.receiver.received).toHaveLength(0);
  });

  test('S-23 switching on what is on pings nobody, and what was switched off stays off elsewhere', async () => {
    const endpoint = await world.endpoint(app, { url: world.receiver.url('/on', AT) });
    const change = async (body: object) =>
      (await app.seller.patch(endpoint.path(), body)).body.data.status;
    expect(await change({ enabled: true })).toBe('ACTIVE');
    expect(await change({ enabled: false })).toBe('DISABLED');
    expect(await change({ url: world.receiver.url('/off', AT) })).toBe('DISABLED');
    await world.settle();
    expect(world.receiver.received).toHaveLength(0);
    expect(await change({ url: world.receiver.url('/there', AT), enabled: true })).toBe('PENDING');
    await world.settle();
    expect(world.receiver.received.map(({ path }) => path)).toEqual(['/there']);
  });
});

describe('W-09 test ping', () => {
  test('W-09 signed like every message; status and timing, and nothing of the answer', async () => {
    const endpoint = await world.endpoint(app, { url: world.receiver.url('/ping', AT) });
    world.receiver.answer(
      (_, reply) => void reply.writeHead(418, { 'x-inside': 'secret' }).end('inside secret'),
    );
    const answer = await app.seller.post(endpoint.path('/test'));
    expect(answer.body).toEqual({
      success: true,
      message: 'Test ping sent',
      data: { statusCode: 418, ok: false, durationMs: expect.any(Number) },
    });
    expect(answer.text).not.toContain('secret');
    const [ping] = world.receiver.received;
    expect(JSON.parse(ping!.body)).toEqual({
      event: 'webhook.test',
      timestamp: expect.stringMatching(/Z$/),
      data: { webhookId: endpoint.uuid, appId: app.id },
    });
    expect(ping!.headers['webhook-signature']).toMatch(/^v1,\S+ v1a,\S+$/);
    const unreachable = await create(`http://${AT}:1025/`);
    const failed = await app.seller.post(app.path(`/webhooks/${unreachable.body.data.id}/test`));
    expect(failed.status).toBe(200);
    expect(failed.body.data).toMatchObject({ statusCode: 0, ok: false });
  });
});

describe('formats', () => {
  test('W-08 Discord: limits, nobody mentioned, one at a time, 429 with retry_after in the body obeyed', async () => {
    const endpoint = await world.endpoint(app, {
      url: world.receiver.url('/discord', AT),
      format: 'discord',
    });
    await world.server.database.rows(
      `INSERT INTO outbox_events (id, app_id, type, data)
       SELECT gen_random_uuid(), $1, 'user.login', jsonb_build_object('username', '@everyone ' || repeat('*', 10000))
              || (SELECT jsonb_object_agg('field' || n, repeat('v', 2000)) FROM generate_series(1, 40) n)
         FROM generate_series(1, 3)`,
      [app.id],
    );
    let open = 0;
    let most = 0;
    world.receiver.answer((_, reply) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        reply
          .writeHead(429, { 'content-type': 'application/json' })
          .end('{"message":"slow","retry_after":3.2}');
      });
    });
    await world.settle();
    expect(world.receiver.received).toHaveLength(1);
    const first = (await world.log(endpoint)).find((row) => row.attempted_at !== null);
    expect((first!.next_attempt_at.getTime() - first!.attempted_at.getTime()) / 1_000).toBeCloseTo(
      4,
      1,
    );
    world.receiver.answer((_, reply) => {
      most = Math.max(most, ++open);
      setImmediate(() => (open--, reply.writeHead(204).end()));
    });
    await world.timePasses();
    await world.settle();

    expect(most).toBe(1);
    expect((await world.log(endpoint)).map(({ status }) => status)).toEqual(
      Array(3).fill('DELIVERED'),
    );
    for (const message of bodies<DiscordBody>(world.receiver.received)) {
      const [embed] = message.embeds;
      expect(message.allowed_mentions).toEqual({ parse: [] });
      expect(embed.fields.length).toBeLessThanOrEqual(25);
      const texts = [
        embed.title,
        embed.description,
        embed.footer.text,
        ...embed.fields.flatMap((f) => [f.name, f.value]),
      ];
      expect(texts.join('').length).toBeLessThanOrEqual(6_000);
      expect(embed.description).toContain('\\@everyone');
    }
  });

  test('json is the flat record of document 002 (D-C16); a Discord address gets its format by itself', async () => {
    await world.endpoint(app, { url: world.receiver.url('/flat', AT), format: 'json' });
    await world.emit(app, 1, 'license.shared_suspected');
    await world.settle();
    expect(bodies(world.receiver.received)).toEqual([
      {
        event_type: 'license.shared_suspected',
        severity: 'warning',
        summary: 'Licence sharing suspected: player1',
        actor: 'user:player1',
        app_id: app.id,
        created_at: expect.any(Number),
        sequence: 1,
        data: { n: 1, username: 'player1' },
      },
    ]);
    const discord = await create('https://discord.com/api/webhooks/1/abc');
    expect(discord.body.data.format).toBe('discord');
  });
});

describe('the catalogue', () => {
  test('every event stands in openapi.yaml as a request with its schema', async () => {
    const document = (await fetch(`${world.server.url}/docs-json`).then((answer) =>
      answer.json(),
    )) as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a document of any shape
    const described = document['webhooks'];
    expect(Object.keys(described).sort()).toEqual([...EVENT_TYPES, 'webhook.test'].sort());
    for (const type of EVENT_TYPES) {
      const { schema } = described[type].post.requestBody.content['application/json'];
      expect(schema.required).toEqual(['event', 'timestamp', 'sequence', 'data']);
      expect(Object.keys(schema.properties.data.properties).sort()).toEqual(
        Object.keys(EVENTS[type].data).sort(),
      );
    }
  });
});
