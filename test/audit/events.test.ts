import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import { EventFeed, Following } from '../../src/modules/audit/event-feed';
import { AccessGuard } from '../../src/platform/http/access';
import { anApp, aSeller, TestApp, TestSeller } from '../factories';
import { anApiToken, signIn } from '../factories/account';
import { until } from '../faults/support/until';
import { expectBroken, expectHeld, trials, unless } from '../races/support';
import { startTestServer, TestServer } from '../support/server';

interface Heard {
  readonly id: number;
  readonly type: string;
  readonly target: { readonly id: string | null };
}

/** Somebody who listens. */
class Listener {
  readonly heard: Heard[] = [];
  readonly ended: Promise<void>;
  private changed: () => void = () => undefined;

  constructor(
    readonly response: Response,
    private readonly connection: AbortController,
  ) {
    this.ended = this.read().catch(() => undefined);
  }

  static async at(seller: TestSeller, query = '', after?: number, token = seller.accessToken) {
    const connection = new AbortController();
    const response = await fetch(`${seller.url}/v1/admin/events/stream${query}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(after === undefined ? {} : { 'last-event-id': String(after) }),
      },
      signal: connection.signal,
    });
    return new Listener(response, connection);
  }

  hangUp(): void {
    this.connection.abort();
  }

  /** Waits until that many events were heard. */
  async until(count: number): Promise<void> {
    while (this.heard.length < count) {
      await new Promise<void>((resolve) => (this.changed = resolve));
    }
  }

  private async read(): Promise<void> {
    let text = '';
    for await (const piece of this.response.body!) {
      text += Buffer.from(piece as Uint8Array).toString();
      const events = text.split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const match = /^id: (\d+)\ndata: (.+)$/.exec(event);
        if (match) this.heard.push({ ...JSON.parse(match[2]!), id: Number(match[1]) } as Heard);
      }
      this.changed();
    }
  }
}

describe('the events of an account', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  beforeEach(async () => {
    app = await anApp(await aSeller(server.url));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  const ban = async (id: string) => app.seller.post(app.path(`/licenses/${id}/ban`));

  /** Waits until everything that was recorded has its number. */
  async function settled(): Promise<void> {
    while ((await app.seller.get('/v1/admin/events?limit=1')).body.data[0].sequence === null);
  }

  test('the list tells risk, severity, words, actor, address, country and time, by filter', async () => {
    const { id, key } = await app.license();
    await ban(id);
    await app.call('license', { licenseKey: key });
    const list = async (query: string) =>
      (await app.seller.get(`/v1/admin/events?${query}`)).body.data as Record<string, unknown>[];
    const [refusal] = await list('severity=warning');
    expect(refusal).toMatchObject({
      type: 'client.license',
      summary: 'Signed in with a licence key: refused (LICENSE_BANNED)',
      risk: 'none',
      severity: 'warning',
      outcome: 'LICENSE_BANNED',
      actor: { kind: 'client', id: null },
      target: { kind: 'license', id },
      appId: app.id,
      ip: '127.0.0.1',
      country: null,
      time: expect.stringMatching(/^\d{4}-.+Z$/) as string,
    });
    const types = async (query: string) => (await list(query)).map(({ type }) => type);
    expect(await types('risk=medium')).toEqual(['license.ban', 'license.generate']);
    expect(await types(`risk=low&appId=${app.id}`)).toEqual(['app.create']);
    expect(await types('risk=high')).toEqual([]);
  });

  test('a feed tells what happens from now on, by filter, and goes on where it was left', async () => {
    const licenses = await app.licenses({ count: 6 });
    const ids = licenses.map((license) => license.id);
    await settled();
    const all = await Listener.at(app.seller);
    const some = await Listener.at(app.seller, '?risk=medium');
    expect(all.response.headers.get('content-type')).toMatch('text/event-stream');
    for (const id of ids.slice(0, 2)) await ban(id);
    await app.seller.post(app.path(`/licenses/${ids[0]}/unban`));
    await all.until(3);
    all.hangUp();
    await all.ended;
    for (const id of ids.slice(2, 4)) await ban(id);
    await some.until(4);
    expect(all.heard.map(({ type }) => type)).toEqual([
      'license.ban',
      'license.ban',
      'license.unban',
    ]);
    expect(some.heard.map(({ target }) => target.id)).toEqual(ids.slice(0, 4));

    const again = await Listener.at(app.seller, '', all.heard[0]!.id);
    for (const id of ids.slice(4)) await ban(id);
    await again.until(6);
    const numbers = again.heard.map(({ id }) => id);
    expect(again.heard.map(({ target }) => target.id)).toEqual([ids[1], ids[0], ...ids.slice(2)]);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    again.hangUp();
    some.hangUp();
  });

  test('nobody hears what is of others', async () => {
    const stranger = await anApp(await aSeller(server.url));
    const listener = await Listener.at(app.seller, '', 0);
    const about = await Listener.at(app.seller, `?appId=${stranger.id}`, 0);
    await ban((await stranger.license()).id);
    const license = await app.license();
    await listener.until(3);
    expect(listener.heard.map(({ type }) => type)).toEqual([
      'seller.register',
      'app.create',
      'license.generate',
    ]);
    await ban(license.id);
    await listener.until(4);
    expect(about.heard).toEqual([]);
    listener.hangUp();
    about.hangUp();
  });

  test('five at a time, a sixth waits for a free place; a bad id or filter is refused', async () => {
    const listeners = await Promise.all(Array.from({ length: 5 }, () => Listener.at(app.seller)));
    const sixth = await app.seller.get('/v1/admin/events/stream');
    expect([sixth.status, sixth.body.code]).toEqual([429, 'EVENT_STREAMS_FULL']);
    expect(sixth.headers.get('retry-after')).toBe('5');
    const headers = { 'last-event-id': 'x' };
    expect((await app.seller.get('/v1/admin/events/stream', { headers })).status).toBe(400);
    expect((await app.seller.get('/v1/admin/events/stream?page=1')).status).toBe(400);
    const other = await Listener.at(await aSeller(server.url));
    for (const one of [...listeners, other]) one.hangUp();
    await Promise.all(listeners.map(({ ended }) => ended));
    for (let left = 100; ; left--) {
      const late = await Listener.at(app.seller);
      late.hangUp();
      if (late.response.status === 200) break;
      if (left === 0) throw new Error('no place became free');
    }
  });

  test('who hangs up before the feed begins takes no place', async () => {
    const { canActivate } = AccessGuard.prototype;
    let arrived: () => void = () => undefined;
    const guard = jest.spyOn(AccessGuard.prototype, 'canActivate');
    guard.mockImplementation(async function (this: AccessGuard, context) {
      const { raw } = context.switchToHttp().getResponse<FastifyReply>();
      const closed = once(raw, 'close');
      const allowed = await canActivate.call(this, context);
      arrived();
      await closed;
      return allowed;
    });
    const follow = jest.spyOn(EventFeed.prototype, 'follow');
    for (let n = 1; n <= 5; n++) {
      const guarded = new Promise<void>((resolve) => (arrived = resolve));
      const connection = new AbortController();
      const asked = fetch(`${server.url}/v1/admin/events/stream`, {
        headers: { authorization: `Bearer ${app.seller.accessToken}` },
        signal: connection.signal,
      }).catch(() => undefined);
      await guarded;
      connection.abort();
      await asked;
      await until('the feed to begin', () => follow.mock.calls.length === n, 5_000);
    }
    guard.mockRestore();
    const listener = await Listener.at(app.seller);
    expect(listener.response.status).toBe(200);
    listener.hangUp();
    await listener.ended;
  });

  /** A signed-out seller, or a revoked token, with an open feed; what was heard afterwards. */
  async function heardAfterwards(revoke: 'sign-out' | 'token'): Promise<number> {
    const { seller } = app;
    await settled();
    const other = await signIn(seller);
    const token = await anApiToken(seller, ['audit:read']);
    const listener =
      revoke === 'token'
        ? await Listener.at(seller, '', undefined, token.token)
        : await Listener.at(other);
    const { id } = await app.license();
    await listener.until(1);
    if (revoke === 'token') await seller.delete(`/v1/auth/tokens/${token.id}`);
    else await other.post('/v1/auth/logout', { refreshToken: other.refreshToken });
    const before = listener.heard.length;
    const witness = await Listener.at(seller);
    await ban(id);
    await witness.until(1);
    const longer = new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.race([listener.ended, longer]);
    listener.hangUp();
    witness.hangUp();
    await Promise.all([listener.ended, witness.ended]);
    return listener.heard.slice(before).filter(({ type }) => type === 'license.ban').length;
  }

  async function revocations(): Promise<string[][]> {
    const found: string[][] = [];
    for (let trial = 0; trial < trials(6); trial++) {
      const how = trial % 2 ? 'token' : 'sign-out';
      found.push(unless((await heardAfterwards(how)) === 0, `heard on after ${how}`));
    }
    return found;
  }

  test('S-13 a feed ends with the authority behind it', async () => {
    expectHeld('S-13 feed', await revocations());
  });

  test('S-13 twin: a feed that never asks again tells on', async () => {
    const follow = EventFeed.prototype.follow;
    jest.spyOn(EventFeed.prototype, 'follow').mockImplementation(function (
      this: EventFeed,
      following: Following,
    ) {
      return follow.call(this, { ...following, mayListen: () => Promise.resolve(true) });
    });
    expectBroken('S-13 feed', await revocations());
  });

  test('a listener who reads nothing is not read for', async () => {
    const feed = server.app.get(EventFeed, { strict: false });
    const gone = new AbortController();
    const batches = feed.follow({
      sellerId: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c',
      filter: {},
      after: null,
      mayListen: () => Promise.resolve(true),
      signal: gone.signal,
    });
    expect((await batches.next()).value).toEqual([]);
    const waiting = batches.next();
    gone.abort();
    expect((await waiting).done).toBe(true);
  });

  test('a server that stops ends its feeds', async () => {
    const other = await startTestServer();
    const listener = await Listener.at(await aSeller(other.url));
    const closing = other.close();
    await listener.ended;
    await closing;
    expect(listener.response.status).toBe(200);
  });
});
