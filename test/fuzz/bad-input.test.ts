import { aSeller } from '../factories';
import { BodyCase, Contract, Route } from '../security/contract';
import {
  aWorld,
  fill,
  goodRequest,
  inject,
  Injected,
  requests,
  snapshot,
  shown,
  tokenFor,
  World,
} from '../security/support';
import { startTestServer, TestServer } from '../support/server';
import { badQueries, badValues } from './bad-values';
import { isFailure } from '../support/failure';
import { atLeast, portion } from './run';

/** Switched by the twin: validation lets everything through. */
const mockGuard = { off: false };
jest.mock('../../src/platform/http/validation', () => {
  type Validate = {
    validateInput: (type: new () => object, input: object, keys: string) => object;
  };
  const actual = jest.requireActual<Validate>('../../src/platform/http/validation');
  return {
    ...actual,
    validateInput: (type: new () => object, input: object, keys: string) =>
      mockGuard.off ? Object.assign(new type(), input) : actual.validateInput(type, input, keys),
  };
});

/** Names that the caller chooses: any well-formed one is a good one. */
const FREE_NAMES = new Set(['PUT /v1/admin/apps/{appId}/users/{userId}/variables/{name} name']);

/** Whether a request was refused for that field, in the one shape. */
function refusedFor(field: string, { status, body }: Injected): boolean {
  const { code, requestId, message, errors } = body as {
    [key: string]: string;
  } & { errors?: { field: string }[] };
  const named = message?.includes(field) || errors?.some((error) => error.field === field);
  return status >= 400 && status < 500 && isFailure(body) && Boolean(code && requestId && named);
}

/** Sends one kind of body with each field spoiled in each way; tells what was not refused. */
async function sweepBody(server: TestServer, body: BodyCase, world: World, contract: Contract) {
  const { route, name, schema } = body;
  const good = await goodRequest(contract, body, world);
  const before = await snapshot(server.database);
  const findings: string[] = [];
  let sent = 0;
  const expectRefusal = async (field: string, what: string, raw: string) => {
    sent++;
    const { token, headers } = good;
    const answer = await inject(server, route.method, good.path, { token, headers, raw });
    if (refusedFor(field, answer)) return;
    findings.push(`${name}, ${field} ${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  };
  const withField = (field: string, json: string | null) => {
    const { [field]: _, ...rest } = good.body!;
    const text = JSON.stringify(rest);
    if (json === null) return text;
    return `${text.slice(0, -1)}${text === '{}' ? '' : ','}${JSON.stringify(field)}:${json}}`;
  };
  for (const [field, property] of Object.entries(schema.properties!)) {
    if (schema.required?.includes(field))
      await expectRefusal(field, 'missing', withField(field, null));
    for (const { name: what, json } of badValues(contract.resolve(property))) {
      await expectRefusal(field, what, withField(field, json));
    }
  }
  if (!body.type && !route.lenient)
    await expectRefusal('surprise', 'unknown', withField('surprise', '1'));
  const roots = [
    `[${JSON.stringify(good.body)}]`,
    '[]',
    '"text"',
    '5',
    'true',
    ...(schema.required ? ['null', '{}'] : []),
  ];
  // Nothing is required of some bodies; then null and {} are good ones.
  for (const raw of roots) {
    const field = raw === 'null' || raw === '{}' ? '' : body.type ? '' : 'body';
    await expectRefusal(field, `root ${raw.slice(0, 20)}`, raw);
  }
  const after = await snapshot(server.database);
  if (JSON.stringify(before) !== JSON.stringify(after)) findings.push(`${name}: stored something`);
  return { findings, sent, good };
}

/** Grows with the routes there are. */
jest.setTimeout(300_000);

describe('F-02 bad input', () => {
  let server: TestServer;
  let contract: Contract;
  const newWorld = async () => aWorld(await aSeller(server.url));
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false', LOGIN_MAX_ATTEMPTS: '100' });
    contract = new Contract(server.app);
  });
  afterEach(() => {
    mockGuard.off = false;
  });
  afterAll(() => server.close());

  test('F-02 every field of every body, spoiled in every way: 4xx, the field named, nothing stored', async () => {
    let sent = 0;
    const findings: string[] = [];
    const world = await newWorld();
    const controls: (() => Promise<void>)[] = [];
    for (const body of portion(contract.bodies())) {
      const swept = await sweepBody(server, body, world, contract);
      sent += swept.sent;
      findings.push(...swept.findings);
      controls.push(async () => {
        const { token, headers, path, body: good } = swept.good;
        const options = { token, headers, body: good };
        const control = await inject(server, body.route.method, path, options);
        if (control.body.code === 'INVALID_INPUT')
          findings.push(`${body.name}, control: ${control.text}`);
      });
    }
    // What was spoiled is good input otherwise. By now others may have used up what it is about.
    for (const control of controls) await control();
    expect(findings).toEqual([]);
    expect(sent).toBeGreaterThan(atLeast(1_000));
  });

  test('F-02 every query parameter, spoiled: 400, the parameter named', async () => {
    const world = await newWorld();
    const findings: string[] = [];
    const ask = async (route: Route, field: string, query: string) => {
      const { token, headers } = shown(route, world);
      const path = `${fill(route, world.ids)}?${query}`;
      const answer = await inject(server, route.method, path, { token, headers });
      if (answer.status !== 400 || !refusedFor(field, answer)) {
        findings.push(
          `${route.key}?${query.slice(0, 80)}: ${answer.status} ${answer.text.slice(0, 200)}`,
        );
      }
    };
    // The query of a download is a credential, good or bad: test/security/s28.
    const judged = contract.routes.filter(({ path }) => !path.startsWith('/v1/files/download/'));
    for (const route of judged) {
      const queries = route.parameters.filter((parameter) => parameter.in === 'query');
      for (const parameter of queries) {
        for (const query of badQueries(parameter)) await ask(route, parameter.name, query);
      }
      if (queries.length === 0 || route.lenient) continue;
      await ask(route, 'surprise', 'surprise=1');
      await ask(route, 'page[]', 'page[]=1');
    }
    expect(findings).toEqual([]);
  });

  test('F-02 ids, keys and Idempotency-Keys of any shape: 4xx', async () => {
    const world = await newWorld();
    const token = world.seller.accessToken;
    const shapes = [
      'x',
      '%00',
      '%0A',
      '%ff',
      '%',
      '..%2f',
      "'",
      '%F0%9F%94%91',
      'a'.repeat(2_000),
      '-1',
      'null',
    ];
    const badNames = ['%00', '%0A', '%ff', '%', 'a%20b', '%E2%80%8B', 'a'.repeat(65)];
    const findings: string[] = [];
    const before = await snapshot(server.database);
    const named = requests(contract).filter(({ route }) => route.params.length > 0);
    for (const request of portion(named)) {
      const { route } = request;
      const { body } = await goodRequest(contract, { ...request, name: '' }, world);
      for (const param of route.params) {
        const bad = FREE_NAMES.has(`${route.key} ${param}`) ? badNames : shapes;
        for (const shape of bad) {
          const path = fill(
            { ...route, path: route.path.replace(`{${param}}`, '\u0001') },
            world.ids,
          ).replace('\u0001', shape);
          const { status, body: answer } = await inject(server, route.method, path, {
            token: tokenFor(route, world),
            body,
          });
          const refused = status >= 400 && status < 500 && isFailure(answer) && answer.requestId;
          if (!refused)
            findings.push(
              `${route.method} ${path.slice(0, 120)}: ${status} ${JSON.stringify(answer).slice(0, 160)}`,
            );
        }
      }
    }
    for (const key of ['', 'a b', 'ä', 'a'.repeat(256), '\t']) {
      const headers = { 'idempotency-key': key };
      const answer = await inject(server, 'POST', '/v1/admin/apps', {
        token,
        headers,
        body: { name: 'x' },
      });
      if (answer.status !== 400 || !refusedFor('Idempotency-Key', answer))
        findings.push(`Idempotency-Key ${key.slice(0, 9)}: ${answer.status}`);
    }
    expect(findings).toEqual([]);
    expect(await snapshot(server.database)).toEqual(before);
  });

  test('F-02 twin: without validation the sweep finds what is let through', async () => {
    const body = contract.bodies().find(({ name }) => name === 'PATCH /v1/admin/apps/{appId}')!;
    const world = await newWorld();
    mockGuard.off = true;
    const { findings, sent } = await sweepBody(server, body, world, contract);
    expect(findings.length).toBeGreaterThan(0.9 * sent);
    expect(findings).toContain(`${body.name}: stored something`);
  });
});
