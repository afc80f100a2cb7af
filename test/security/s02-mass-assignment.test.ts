import { DataSource } from 'typeorm';
import { InputPipe } from '../../src/platform/http/input.pipe';
import { aSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { BodyCase, Contract } from './contract';
import {
  aWorld,
  goodRequest,
  GoodRequest,
  World,
  inject,
  requests,
  SHOWN_ELSEWHERE,
  changedTables,
  snapshot,
  storedText,
} from './support';
import { portion } from '../fuzz/run';

/** Switched by a twin: rows are sent as they come from the service. */
const mockPresenter = { off: false };
jest.mock('../../src/modules/apps/http/apps.presenter', () => {
  type Presenter = Record<'presentApp' | 'presentListedApp', (app: object) => object>;
  const actual = jest.requireActual<Presenter>('../../src/modules/apps/http/apps.presenter');
  return {
    ...actual,
    presentApp: (app: object) => (mockPresenter.off ? app : actual.presentApp(app)),
  };
});

/** Values that no honest row holds, by what the column takes. */
const MARK = {
  text: 'smuggled-7f3a',
  integer: 987_654_321,
  uuid: 'deadbeef-dead-4eef-8ead-beefdeadbeef',
  instant: '2099-09-09T09:09:09.000Z',
};
const MARKS = ['smuggled-7f3a', '987654321', 'deadbeef-dead', '2099-09-09'];

interface Extra {
  readonly name: string;
  readonly value: unknown;
}

/** Every column of every table as a field, as code and as the database spell it. */
function columns(server: TestServer): Extra[] {
  const extras = new Map<string, unknown>();
  for (const entity of server.app.get(DataSource).entityMetadatas) {
    for (const { propertyName, databaseName, type } of entity.columns) {
      const value = markFor(String(type));
      extras.set(propertyName, value).set(databaseName, value);
    }
  }
  return [...extras].map(([name, value]) => ({ name, value }));
}

function markFor(type: string): unknown {
  if (type === 'boolean') return false;
  if (/uuid/.test(type)) return MARK.uuid;
  if (/int/.test(type)) return MARK.integer;
  if (/timestamp/.test(type)) return MARK.instant;
  return type === 'jsonb' ? { smuggled: MARK.text } : MARK.text;
}

const shownIn = ({ token, headers }: GoodRequest) => ({ token, headers });

/** Sends one house body with each foreign field in turn; tells which were not refused by name. */
async function smuggle(
  server: TestServer,
  { route, name, schema }: BodyCase,
  good: GoodRequest,
): Promise<string[]> {
  const findings: string[] = [];
  const before = await snapshot(server.database);
  for (const extra of columns(server)) {
    if (extra.name in schema.properties!) continue;
    const body = { ...good.body, [extra.name]: extra.value };
    const answer = await inject(server, route.method, good.path, { ...shownIn(good), body });
    const named = answer.body.errors?.some(({ field }: { field: string }) => field === extra.name);
    if (answer.status !== 400 || !named) findings.push(`${name} + ${extra.name}: ${answer.text}`);
  }
  const changed = changedTables(before, await snapshot(server.database));
  if (changed.length > 0) findings.push(`${name}: stored something in ${changed.join(', ')}`);
  return findings;
}

/** Bodies that are no plain object of plain fields, as bytes. */
function traps(good: object): Record<string, string> {
  const text = JSON.stringify(good);
  const more = text === '{}' ? '' : ',';
  const plus = (field: string) => `${text.slice(0, -1)}${more}${field}}`;
  return {
    '__proto__ object': plus('"__proto__":{"plan":"ENTERPRISE","sellerId":"x"}'),
    '__proto__ text': plus('"__proto__":"x"'),
    'escaped __proto__': plus('"\\u005f_proto__":{"admin":true}'),
    'constructor.prototype': plus('"constructor":{"prototype":{"admin":true}}'),
    'constructor text': plus('"constructor":"x"'),
    prototype: plus('"prototype":{"admin":true}'),
    'array of one body': `[${text}]`,
    'array of none': '[]',
    'array in an array': `[[${text}]]`,
    'toString, valueOf': plus('"toString":"x","valueOf":"x"'),
    hasOwnProperty: plus('"hasOwnProperty":1'),
  };
}

/** A success answer's fields beyond, and against, what the document says. */
async function undocumented(
  server: TestServer,
  contract: Contract,
  asked = portion(requests(contract)),
): Promise<string[]> {
  const findings: string[] = [];
  const read = await newWorld(server);
  for (const request of asked) {
    const { route, name } = request;
    if (SHOWN_ELSEWHERE.includes(name)) continue;
    const { path, token, headers, body } = await goodRequest(
      contract,
      request,
      route.method === 'GET' ? read : await newWorld(server),
    );
    const answer = await inject(server, route.method, path, { token, headers, body });
    const type = String(answer.headers['content-type']).split(';')[0]!;
    // A program or a file, which the document announces as such, has no fields.
    const content = route.operation.responses[answer.status]?.content ?? {};
    if (answer.status < 300 && type !== 'application/json' && content[type]) continue;
    const schema = contract.answer(route, answer.status);
    if (answer.status >= 300 || !schema) findings.push(`${name}: ${answer.status} ${answer.text}`);
    else findings.push(...contract.problems(schema, answer.body).map((text) => `${name}${text}`));
  }
  return findings;
}

/** A world whose seller, too, nobody else uses. */
async function newWorld(server: TestServer): Promise<World> {
  return aWorld(await aSeller(server.url));
}

/** Routes times columns: some ten thousand requests. */
jest.setTimeout(300_000);

describe('S-02 nobody writes a field that is not theirs to write', () => {
  let server: TestServer;
  let contract: Contract;
  let house: BodyCase[];
  let client: BodyCase[];
  /** For what is refused and changes nothing. */
  let world: World;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
    house = contract.bodies().filter(({ type, route }) => type === undefined && !route.lenient);
    client = contract.bodies().filter(({ type, route }) => type !== undefined || route.lenient);
    world = await newWorld(server);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    mockPresenter.off = false;
  });
  afterAll(() => server.close());

  test('S-02 house routes refuse every column of every table by name, and store nothing', async () => {
    expect(house.length).toBeGreaterThanOrEqual(14);
    expect(columns(server).length).toBeGreaterThan(80);
    const findings: string[] = [];
    for (const body of portion(house)) {
      const good = await goodRequest(contract, body, world);
      findings.push(...(await smuggle(server, body, good)));
    }
    expect(findings).toEqual([]);
  });

  test('S-02 __proto__, constructor and arrays are refused and store nothing', async () => {
    const findings: string[] = [];
    for (const body of portion([...house, ...client])) {
      const { route, name } = body;
      // What a sign-in of a seller needs changes the seller.
      const own = name.includes('/v1/auth/') ? await newWorld(server) : world;
      const good = await goodRequest(contract, body, own);
      const before = await snapshot(server.database);
      for (const [trap, raw] of Object.entries(traps(good.body!))) {
        // On the client's wire these are foreign fields like others, and ignored.
        if (
          (body.type || route.lenient) &&
          /text|prototype$|toString|hasOwn/.test(trap) &&
          !/__|\./.test(trap)
        )
          continue;
        const answer = await inject(server, route.method, good.path, { ...shownIn(good), raw });
        if (answer.status !== 400)
          findings.push(`${name}, ${trap}: ${answer.status} ${answer.text}`);
      }
      const after = await snapshot(server.database);
      const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
      if (changed.length > 0) findings.push(`${name}: stored in ${changed.join()}`);
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(findings).toEqual([]);
  });

  test('S-02 wires of clients ignore every column of every table: the request succeeds, none is stored', async () => {
    const apps = () => storedText(server.database, ['apps', 'sellers', 'seller_sessions']);
    for (const body of client) {
      const good = await goodRequest(contract, body, await newWorld(server));
      const foreign = columns(server).filter(({ name }) => !(name in body.schema.properties!));
      const extras = Object.fromEntries(foreign.map(({ name, value }) => [name, value]));
      const before = await apps();
      const answer = await inject(server, body.route.method, good.path, {
        ...shownIn(good),
        body: { ...extras, constructor: 'x', prototype: [], ...good.body },
      });
      expect([body.name, answer.status < 300]).toEqual([body.name, true]);
      expect(await apps()).toBe(before);
    }
    const stored = await storedText(server.database);
    expect(MARKS.filter((mark) => stored.includes(mark))).toEqual([]);
  });

  test('S-02 a success answers the documented fields and no other', async () => {
    expect(await undocumented(server, contract)).toEqual([]);
  });

  test('S-02 twin: without the whitelist the fields get through, into the row', async () => {
    const patch = house.find(({ name }) => name === 'PATCH /v1/admin/apps/{appId}')!;
    const good = await goodRequest(contract, patch, await newWorld(server));
    jest.spyOn(InputPipe.prototype, 'transform').mockImplementation((value) => value ?? {});
    const findings = await smuggle(server, patch, good);
    expect(findings.length).toBeGreaterThan(0.9 * (columns(server).length - 20));
    expect(findings.at(-1)).toMatch(/stored something in .*\bapps\b/);
  });

  test('S-02 twin: a row sent as it is stored shows fields that the document does not know', async () => {
    mockPresenter.off = true;
    const [get] = requests(contract).filter(({ name }) => name === 'GET /v1/admin/apps/{appId}');
    const findings = await undocumented(server, contract, [get!]);
    expect(findings).toContain('GET /v1/admin/apps/{appId}.data.sellerId: not in the document');
  });
});
