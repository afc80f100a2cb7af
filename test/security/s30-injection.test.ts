import { Client } from 'pg';
import { parsePublicId } from '../../src/kernel';
import { Repository } from '../../src/platform/database';
import { aSeller, PASSWORD, unique } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { Contract, Parameter, Route } from './contract';
import { CANARY, FAMILIES, MARK, payloadsFor, TELLING } from './injections';
import {
  aWorld,
  fill,
  goodRequest,
  inject,
  Injected,
  InjectOptions,
  requests,
  storedText,
  World,
} from './support';
import { atLeast, portion } from '../fuzz/run';

/** Switched by the twin: a search is a pattern. */
const mockEscape = { off: false };
jest.mock('../../src/platform/database/repository', () => {
  type Module = { containing: (text: string) => string };
  const actual = jest.requireActual<Module>('../../src/platform/database/repository');
  return {
    ...actual,
    containing: (text: string) => (mockEscape.off ? `%${text}%` : actual.containing(text)),
  };
});

/** Bounds it all; machines differ. */
jest.setTimeout(300_000);

const HEADERS = [
  ...['authorization', 'x-api-key', 'idempotency-key', 'x-request-id', 'user-agent'],
  ...['x-forwarded-for', 'referer', 'cookie', 'accept-language', 'if-none-match'],
];

type Ask = (
  what: string,
  method: string,
  path: string,
  options?: InjectOptions,
) => Promise<Injected>;

const encode = encodeURIComponent;
const queries = ({ parameters }: Route): Parameter[] =>
  parameters.filter((parameter) => parameter.in === 'query');

/** Kinds of bodies that share a world: most are refused, and what is not harms the next little. */
const BODIES_A_WORLD = 8;

describe('S-30 what a caller sends is a value in every statement', () => {
  let server: TestServer;
  let contract: Contract;
  let victim: World;
  /** Statements whose text holds something that a caller sent. */
  let poisoned: string[] = [];
  beforeAll(async () => {
    const plain = Client.prototype.query as (...given: unknown[]) => unknown;
    jest.spyOn(Client.prototype, 'query').mockImplementation(function (
      this: Client,
      ...given: unknown[]
    ) {
      const [asked] = given as [string | { readonly text?: string }];
      const text = typeof asked === 'string' ? asked : (asked.text ?? '');
      if (text.includes(MARK)) poisoned.push(text);
      return plain.apply(this, given) as never;
    });
    server = await startTestServer({ BACKGROUND_JOBS: 'false', LOGIN_MAX_ATTEMPTS: '100' });
    contract = new Contract(server.app);
    victim = await newWorld();
    await server.database.rows(`CREATE SEQUENCE ${CANARY}`);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  const newWorld = async () => aWorld(await aSeller(server.url));

  /** What no attack of others may touch: the victim's rows, the schema, the canary. */
  async function untouchables(): Promise<Record<string, unknown>> {
    const license = parsePublicId('lic', victim.ids['licenseId']!)!;
    const names = [victim.app.id, victim.seller.id, license];
    const rows = (await storedText(server.database)).split('\n');
    return {
      victim: rows.filter((row) => names.some((name) => row.includes(name))).sort(),
      schema: await server.database.value(
        `SELECT md5(string_agg(c::text, ',' ORDER BY c::text)) FROM information_schema.columns c
          WHERE table_schema = 'public'`,
      ),
      roles: await server.database.value('SELECT count(*)::int FROM pg_roles'),
      taken: await server.database.value(`SELECT is_called FROM ${CANARY}`),
    };
  }

  /** Runs an attack; tells the crashes, how much was sent, and all traces. */
  async function traced(attack: (ask: Ask) => Promise<void>) {
    const crashes: string[] = [];
    let sent = 0;
    poisoned = [];
    const before = await untouchables();
    await attack(async (what, method, path, options) => {
      const answer = await inject(server, method, path, options);
      sent++;
      if (answer.status >= 500) crashes.push(`${what}: ${answer.status} ${answer.text}`);
      return answer;
    });
    const after = await untouchables();
    const changed = Object.keys(before).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
    );
    return { sent, traces: { crashes, changed, poisoned: [...new Set(poisoned)] } };
  }
  const CLEAN = { crashes: [], changed: [], poisoned: [] };

  test('S-30 every field of every body', async () => {
    let turn = 0;
    let world = await newWorld();
    const { sent, traces } = await traced(async (ask) => {
      for (const [index, body] of portion(contract.bodies()).entries()) {
        if (index % BODIES_A_WORLD === 0) world = await newWorld();
        const { token, headers, path, body: good } = await goodRequest(contract, body, world);
        for (const field of Object.keys(body.schema.properties!)) {
          const texts = payloadsFor(turn++);
          const [text] = texts;
          for (const value of [...texts, [text], { [text!]: text }, { length: 1, 0: text }]) {
            const options = { token, headers, body: { ...good, [field]: value } };
            await ask(`${body.name} ${field}`, body.route.method, path, options);
          }
        }
      }
    });
    expect(traces).toEqual(CLEAN);
    expect(sent).toBeGreaterThan(atLeast(1_500));
  });

  test('S-30 every parameter of every query, in every way of writing one', async () => {
    const world = await newWorld();
    const { sent, traces } = await traced(async (ask) => {
      for (const route of portion(contract.routes)) {
        const { token, path } = await goodRequest(contract, { route, name: route.key }, world);
        const start = `${path}${path.includes('?') ? '&' : '?'}`;
        for (const { name } of queries(route)) {
          for (const text of [...TELLING, ...FAMILIES]) {
            await ask(`${route.key} ${name}`, 'GET', `${start}${name}=${encode(text)}`, { token });
          }
          const text = encode(TELLING[2]!);
          for (const way of [`${name}[]=`, `${name}[0]=`, `${name}[$ne]=`, `${text}&${name}=`]) {
            await ask(`${route.key} ${way}`, 'GET', `${start}${way}${text}`, { token });
          }
          await ask(`${route.key} key`, 'GET', `${start}${name}${text}=1`, { token });
        }
      }
    });
    expect(traces).toEqual(CLEAN);
    expect(sent).toBeGreaterThan(atLeast(500));
  });

  test('S-30 every parameter of every path', async () => {
    const world = await newWorld();
    let turn = 0;
    const { sent, traces } = await traced(async (ask) => {
      for (const request of portion(
        requests(contract).filter(({ route }) => route.params.length > 0),
      )) {
        const { route } = request;
        const { token, headers, body } = await goodRequest(
          contract,
          { ...request, name: '' },
          world,
        );
        for (const param of route.params) {
          for (const text of payloadsFor(turn++)) {
            for (const value of [text, `${world.ids[param]}${text}`]) {
              const path = fill(route, { ...world.ids, [param]: value });
              const { status } = await ask(`${route.key} ${param}`, route.method, path, {
                token,
                headers,
                body,
              });
              // A name may be any text; an id is ours.
              const fine = status >= 400 || !param.endsWith('Id');
              expect([route.key, value, fine]).toEqual([route.key, value, true]);
            }
          }
        }
      }
    });
    expect(traces).toEqual(CLEAN);
    expect(sent).toBeGreaterThan(atLeast(1_000));
  });

  test('S-30 every header that is read', async () => {
    const { traces } = await traced(async (ask) => {
      const world = await newWorld();
      const routes = ['POST /v1/admin/apps', 'POST /v1/client/license', 'POST /v1/auth/login'];
      for (const request of requests(contract).filter(({ name }) => routes.includes(name))) {
        const good = await goodRequest(contract, request, world);
        const { token, path, body } = good;
        for (const [turn, name] of HEADERS.entries()) {
          for (const text of payloadsFor(turn)) {
            const value = Buffer.from(text).toString('latin1');
            const headers = { ...good.headers, [name]: value };
            const shown = name === 'authorization' ? undefined : token;
            await ask(`${name} ${text}`, 'POST', path, { token: shown, headers, body });
            if (name !== 'authorization') continue;
            const bearer = { ...headers, authorization: `Bearer ${value}` };
            await ask(`bearer ${text}`, 'POST', path, { headers: bearer, body });
          }
        }
      }
    });
    expect(traces).toEqual(CLEAN);
  });

  const PROBES = ['%', '_', '\\', '%%', 'a_b', '_b', "'", '50%', 'A_B', '*', '.', '[a-z]', 'b\\'];

  /** An application full of names and keys that a careless search confuses. */
  async function shelf(): Promise<World> {
    const world = await newWorld();
    const { app, seller } = world;
    const names = ['50% off', '50x off', 'a_b', 'axb', 'a\\b', "o'hara", '[a-z]', 'a*b', 'a.b'];
    for (const username of names.map((name) => name + unique('-'))) {
      const options = { token: seller.accessToken, body: { username, password: PASSWORD } };
      expect((await inject(server, 'POST', app.path('/users'), options)).status).toBe(201);
    }
    for (const prefix of ['A_B', 'AXB', 'A-B']) await app.license({ prefix });
    return world;
  }

  /** Lists with a search, where it found something else than what holds the text itself. */
  async function misfound(world: World): Promise<string[]> {
    const found: string[] = [];
    const searched = contract.routes.filter(
      (route) => route.method === 'GET' && queries(route).some(({ name }) => name === 'search'),
    );
    expect(searched.length).toBeGreaterThan(2);
    for (const route of searched) {
      const good = await goodRequest(contract, { route, name: route.key }, world);
      const start = `${good.path}${good.path.includes('?') ? '&' : '?'}limit=100`;
      const list = async (path: string) =>
        (await inject(server, 'GET', path, { token: good.token })).body.data as Record<
          string,
          unknown
        >[];
      const all = await list(start);
      for (const probe of PROBES) {
        const holds = (text: unknown) => String(text).toLowerCase().includes(probe.toLowerCase());
        const rows = await list(`${start}&search=${encode(probe)}`);
        const wrong = rows.filter((row) => !Object.values(row).some(holds));
        const missed = all.filter(
          (row) =>
            holds(row['username'] ?? row['key'] ?? '') && !rows.some(({ id }) => id === row['id']),
        );
        found.push(...wrong.map((row) => `${route.key} ${probe} finds ${JSON.stringify(row)}`));
        found.push(...missed.map((row) => `${route.key} ${probe} misses ${JSON.stringify(row)}`));
      }
    }
    return found;
  }

  test('S-30 a search finds what holds the text itself: no sign in it means anything else', async () => {
    expect(await misfound(await shelf())).toEqual([]);
  });

  test('S-30 twin: a repository that writes values into its statements leaves every trace', async () => {
    type Execute = (this: unknown, sql: string, values: readonly unknown[]) => Promise<unknown>;
    const base = Repository.prototype as unknown as { execute: Execute };
    const { execute } = base;
    const careless: Execute = function (sql, values) {
      const kept: unknown[] = [];
      const text = sql.replace(/\$(\d+)/g, (_, n: string) => {
        const value = values[Number(n) - 1];
        return typeof value === 'string' ? `'${value}'` : `$${kept.push(value)}`;
      });
      return execute.call(this, text, kept);
    };
    const world = await newWorld();
    const spy = jest.spyOn(base, 'execute').mockImplementation(careless);
    const { traces } = await traced(async (ask) => {
      const { accessToken: token } = world.seller;
      for (const text of TELLING) {
        const path = world.app.path(`/users?search=${encode(text)}`);
        await ask(`search ${text}`, 'GET', path, { token });
      }
    });
    spy.mockRestore();
    expect(traces.crashes.length).toBeGreaterThan(2);
    expect(traces.poisoned.length).toBeGreaterThan(2);
    expect(traces.changed).toContain('taken');
  });

  test('S-30 twin: a search whose signs are not escaped finds other things', async () => {
    mockEscape.off = true;
    const found = await misfound(await shelf());
    mockEscape.off = false;
    expect(found.length).toBeGreaterThan(5);
  });
});
