import { AppUsersService } from '../../src/modules/app-users/app-users.service';
import { ResellersService } from '../../src/modules/resellers/resellers.service';
import { WebhooksService } from '../../src/modules/webhooks/webhooks.service';
import { PasswordHasher } from '../../src/platform/crypto';
import { NameResolver } from '../../src/platform/outbound';
import { anApp, PASSWORD, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';

const CONNECTIONS = 5;

/** Somebody who is asked and takes his time. */
class Slow {
  asked = 0;
  private readonly waiting: (() => void)[] = [];
  private over = false;
  enough!: () => void;
  /** Resolves when as many have asked as there are connections. */
  readonly busy = new Promise<void>((resolve) => (this.enough = resolve));

  ask = async <T>(answer: T): Promise<T> => {
    if (++this.asked === CONNECTIONS) this.enough();
    if (!this.over) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return answer;
  };

  release(): void {
    this.over = true;
    for (const go of this.waiting) go();
  }
}

interface Case {
  readonly path: string;
  body(n: number): object;
  /** Makes what the request does first slow. */
  slowDown(slow: Slow): void;
  /** The same inside the transaction. */
  tooLate(slow: Slow): void;
}

interface Creating {
  create(...args: unknown[]): Promise<unknown>;
}

/** Makes a service wait where it creates. */
const waiting = ({ prototype }: { readonly prototype: unknown }) => {
  const service = prototype as Creating;
  const { create } = service;
  return (slow: Slow): void => {
    jest.spyOn(service, 'create').mockImplementation(async function (this: Creating, ...args) {
      await slow.ask(null);
      return create.apply(this, args);
    });
  };
};

const hashing = {
  slowDown: (slow: Slow) => {
    jest.spyOn(PasswordHasher.prototype, 'hash').mockImplementation(() => slow.ask('hash'));
  },
};

const named = (n: number) => ({ username: `player${n}`, password: PASSWORD });

const CASES: Readonly<Record<string, Case>> = {
  'S-23 the name server of a webhook': {
    path: '/webhooks',
    body: (n) => ({ url: `https://slow${n}.example/`, events: ['*'] }),
    slowDown: (slow) => {
      const resolver = server.app.get(NameResolver);
      jest.spyOn(resolver, 'resolve').mockImplementation(() => slow.ask(['93.184.216.34']));
    },
    tooLate: waiting(WebhooksService),
  },
  'R-12 the hash of a user': {
    ...hashing,
    path: '/users',
    body: named,
    tooLate: waiting(AppUsersService),
  },
  'R-12 the hash of a reseller': {
    ...hashing,
    path: '/resellers',
    body: named,
    tooLate: waiting(ResellersService),
  },
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    BACKGROUND_JOBS: 'false',
    DATABASE_POOL_SIZE: String(CONNECTIONS),
    DATABASE_ACQUIRE_TIMEOUT_MS: '800',
  });
});
afterAll(() => server.close());
afterEach(() => jest.restoreAllMocks());

const create = (app: TestApp, { path, body }: Case, n: number) =>
  app.seller.post(app.path(path), body(n), { headers: { 'idempotency-key': `slow-${n}` } });

describe.each(Object.entries(CASES))('%s comes before the transaction of a key', (_, one) => {
  /** What another request is answered while many wait, and what those then. */
  async function beside(slowDown: (slow: Slow) => void) {
    const app = await anApp(server.url);
    const slow = new Slow();
    slowDown(slow);
    const made = Array.from({ length: CONNECTIONS }, (_, n) => create(app, one, n));
    await slow.busy;
    const { status } = await app.seller.get('/v1/admin/apps');
    slow.release();
    const answers = await Promise.all(made);
    return { app, status, answers };
  }

  test('and holds no connection of the database', async () => {
    const { status, answers } = await beside((slow) => one.slowDown(slow));
    expect(status).toBe(200);
    expect(answers.map((answer) => answer.status)).toEqual(Array(CONNECTIONS).fill(201));
  });

  test('twin: inside it, it takes the pool away', async () => {
    const { status } = await beside((slow) => one.tooLate(slow));
    expect(status).toBe(503);
  });

  test('and is not done again for a repeat', async () => {
    const { app, answers } = await beside((slow) => one.slowDown(slow));
    const never = new Slow();
    one.slowDown(never);
    const repeated = await create(app, one, 0);
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    expect(repeated.body).toEqual(answers[0]!.body);
    expect(never.asked).toBe(0);
  });
});
