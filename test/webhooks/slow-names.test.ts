import { ReachableUrlGuard } from '../../src/modules/webhooks/http/reachable-url.guard';
import { WebhooksService } from '../../src/modules/webhooks/webhooks.service';
import { NameResolver } from '../../src/platform/outbound';
import { WebhookWorld } from './support';

const CONNECTIONS = 5;

describe('S-23 name servers that take their time', () => {
  let world: WebhookWorld;
  beforeAll(async () => {
    world = await WebhookWorld.open({
      DATABASE_POOL_SIZE: String(CONNECTIONS),
      DATABASE_ACQUIRE_TIMEOUT_MS: '800',
    });
  });
  afterAll(() => world.close());
  afterEach(() => jest.restoreAllMocks());

  /** What another request is answered while a slow name server is asked about many webhooks. */
  async function besideSlowNames(): Promise<number> {
    const app = await world.app();
    let asked = 0;
    const resolve = jest.spyOn(world.server.app.get(NameResolver), 'resolve');
    const enough = new Promise<void>((found) => {
      resolve.mockImplementation(() => {
        if (++asked === CONNECTIONS) found();
        return new Promise(() => undefined);
      });
    });
    const made = Array.from({ length: 2 * CONNECTIONS }, (_, n) => {
      const body = { url: `https://slow${n}.example/`, events: ['*'] };
      const headers = { 'idempotency-key': `slow-${n}` };
      return app.seller.post(app.path('/webhooks'), body, { headers });
    });
    await enough;
    const { status } = await app.seller.get('/v1/admin/apps');
    await Promise.all(made);
    return status;
  }

  test('S-23 slow name servers hold no connection of the database, with a key either', async () => {
    expect(await besideSlowNames()).toBe(200);
  });

  test('S-23 twin: names looked up inside the transaction of the key take the pool away', async () => {
    jest.spyOn(ReachableUrlGuard.prototype, 'canActivate').mockResolvedValue(true);
    const { create: made } = WebhooksService.prototype;
    jest.spyOn(WebhooksService.prototype, 'create').mockImplementation(async function (
      this: WebhooksService,
      ...args
    ) {
      await this['outbound'].validate(args[1].url);
      return made.apply(this, args);
    });
    expect(await besideSlowNames()).toBe(503);
  });
});
