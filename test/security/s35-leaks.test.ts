import { createServer, Server, Socket, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { HttpException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { serviceInfo } from '../../src/config';
import { AppsRepository } from '../../src/modules/apps/apps.repository';
import { ErrorResponder } from '../../src/platform/http';
import { anApp, TestApp, unique } from '../factories';
import { freshDatabase } from '../support/database';
import { http, send } from '../support/http';
import { spawnServer, startTestServer, TestServer } from '../support/server';
import { inject } from './support';

const SQL = `SELECT * FROM sellers WHERE password_hash = 'inner-secret-1'`;

/** What a defect may throw: SQL, a path, a stack, a secret, a status of its own choosing. */
const THROWN: Record<string, unknown> = {
  'an error': new Error(`${SQL} failed in /srv/latchkey/dist/src/x.js:10:5`),
  'a failed query': new QueryFailedError(
    SQL,
    ['inner-secret-2'],
    new Error('column "x" of PostgreSQL 18.4'),
  ),
  'an error with a status': Object.assign(new Error(SQL), { statusCode: 400, status: 404 }),
  'an exception of Nest': new HttpException(SQL, 502),
  'a text': SQL,
  'an object': { message: SQL, stack: 'Error at /srv/latchkey' },
  nothing: undefined,
};

/** What an answer gives away about the inside; nothing, if all is well. */
function givenAway(
  answer: { readonly headers: object; readonly text: string },
  secrets: string[] = [],
): string[] {
  const { etag: _, ...headers } = Object.fromEntries(
    answer.headers instanceof Headers ? answer.headers : Object.entries(answer.headers),
  );
  const whole = `${answer.text}\n${JSON.stringify(headers)}`;
  const signs = [
    /\b(select|insert|update|delete|from|where|column|relation|constraint)\b.*\b(sellers|apps|password_hash|\*)/i,
    /inner-secret/,
    /\bat .*:\d+:\d+|\bstack\b/,
    /\/(src|dist|srv|node_modules|tmp|work)\/|\.(js|ts)\b/,
    /ECONN|EPIPE|127\.0\.0\.1|localhost|QueryFailed|Error:/,
    /fastify|nest|node\.?js|postgres/i,
    new RegExp(serviceInfo().version.replaceAll('.', '\\.')),
  ];
  return [
    ...signs.filter((sign) => sign.test(whole)).map(String),
    ...secrets.filter((secret) => whole.includes(secret)),
  ];
}

interface LogLine {
  readonly level: string;
  readonly requestId?: string;
  readonly code?: string;
  readonly err?: { readonly message?: string; readonly stack?: string } | string;
}

function lines(logs: readonly string[]): LogLine[] {
  return logs.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []));
}

type Planted = Record<'password' | 'key' | 'apiKey', string>;

const planted = (): Planted => ({
  password: unique('planted-pw-'),
  key: unique('PLANTED-KEY-'),
  apiKey: unique('as_planted'),
});

/** Two requests that reach the database, one on each wire, with secrets planted in them. */
function asks(app: TestApp, secrets: Planted) {
  const body = {
    type: 'login',
    appId: app.id,
    apiKey: secrets.apiKey,
    username: 'somebody',
    password: secrets.password,
    licenseKey: secrets.key,
  };
  const user = { username: 'somebody', password: secrets.password };
  const token = app.seller.accessToken;
  return [
    { method: 'POST', path: app.path('/users'), options: { token, body: user } },
    { method: 'POST', path: '/v1', options: { body } },
  ];
}

describe('S-35 a failure tells the caller nothing and the log everything', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ LOG_LEVEL: 'debug', BACKGROUND_JOBS: 'false' });
    app = await anApp(server.url);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  /** Makes both wires fail by `thrown`; tells what the answers gave away, and what the log lacks. */
  async function crash(thrown: unknown): Promise<string[]> {
    const fail = () => {
      throw thrown;
    };
    jest.spyOn(AppsRepository.prototype, 'findOwned').mockImplementation(fail);
    jest.spyOn(AppsRepository.prototype, 'findByApiKey').mockImplementation(fail);
    const secrets = planted();
    const findings: string[] = [];
    for (const { method, path, options } of asks(app, secrets)) {
      server.logs.length = 0;
      const answer = await inject(server, method, path, options);
      findings.push(...givenAway(answer, Object.values(secrets)));
      const { requestId } = answer.body as { requestId: string };
      const generic = {
        success: false,
        message: 'Internal server error',
        code: 'INTERNAL',
        requestId,
      };
      if (answer.status !== 500 || answer.text !== JSON.stringify(generic))
        findings.push(answer.text);
      const logged = lines(server.logs).find(
        (line) => line.requestId === requestId && line.level === 'error',
      );
      if (!logged) findings.push('not in the log under its request id');
      const details = typeof logged?.err === 'object' ? logged.err : {};
      if (thrown instanceof Error && !(details.message === thrown.message && details.stack)) {
        findings.push(`the log lacks the details: ${JSON.stringify(logged)}`);
      }
      const printed = server.logs.join('');
      findings.push(...Object.values(secrets).filter((secret) => printed.includes(secret)));
      if (printed.includes('inner-secret-2')) findings.push('parameters of the query in the log');
    }
    return findings;
  }

  test.each(Object.keys(THROWN))(
    'S-35 a route that throws %s answers 500 and no more',
    async (kind) => {
      app = await anApp(server.url);
      expect(await crash(THROWN[kind])).toEqual([]);
    },
  );

  test('S-35 malformed JSON is not quoted, neither to the caller nor in the log', async () => {
    server.logs.length = 0;
    const bodies = [
      '{"password":"planted-broken",',
      'planted-broken',
      '{"a":"planted-broken\u0001"}',
      '[planted-broken',
    ];
    for (const path of ['/v1', '/v1/auth/login']) {
      for (const raw of bodies) {
        const answer = await inject(server, 'POST', path, { raw });
        expect(answer.body).toMatchObject({ success: false, code: 'MALFORMED_JSON' });
        expect([answer.status, ...givenAway(answer, ['planted-broken'])]).toEqual([400]);
      }
    }
    expect(server.logs.join('')).not.toContain('planted-broken');
  });

  test('S-35 twin: a responder that sends what was thrown is caught', async () => {
    const honest = (
      thrown: Error,
      request: { id: string },
      reply: { status(code: number): { send(body: object): void } },
    ) =>
      reply.status(500).send({
        success: false,
        message: thrown.message,
        stack: thrown.stack,
        requestId: request.id,
      });
    jest.spyOn(ErrorResponder.prototype, 'respond').mockImplementation(honest as never);
    const findings = await crash(THROWN['an error']);
    expect(findings.filter((finding) => finding.includes('inner-secret')).length).toBeGreaterThan(
      0,
    );
    expect(findings).toContain('not in the log under its request id');
  });
});

/** The error's line, which a process may print a moment after it has answered. */
async function logLine(logs: () => readonly string[], requestId: string) {
  for (let waited = 0; waited < 2_000; waited += 10) {
    const found = lines(logs()).find((line) => line.requestId === requestId && line.code);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

/** A way to the test database that can be cut. */
async function cuttable(url: string): Promise<{ url: string; cut(): void }> {
  const target = new URL(url);
  const socketFile = `${target.searchParams.get('host')}/.s.PGSQL.${target.port || '5432'}`;
  const sockets = new Set<Socket>();
  const proxy: Server = createServer((client) => {
    const upstream = connect(socketFile);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.search = '';
  through.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    url: through.toString(),
    cut: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test('S-35 with the database away every wire answers 503 and names neither driver nor address', async () => {
  const database = await freshDatabase();
  const way = await cuttable(database.url);
  const server = await spawnServer(way.url, { env: { LOG_LEVEL: 'debug' } });
  try {
    const app = await anApp(server.url);
    const secrets = planted();
    way.cut();
    for (const { method, path, options } of asks(app, secrets)) {
      const answer = await send(server.url, method, path, options.body, {
        token: app.seller.accessToken,
      });
      const { requestId } = answer.body as { requestId: string };
      const { message } = answer.body as { message: string };
      expect(message).toBe('The service is temporarily unavailable, please retry');
      expect(answer.body).toEqual({ success: false, message, code: 'UNAVAILABLE', requestId });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(givenAway(answer, Object.values(secrets))).toEqual([]);
      const logged = await logLine(() => server.output().split('\n'), requestId);
      expect(logged).toMatchObject({ level: 'error', code: 'UNAVAILABLE' });
      expect(JSON.stringify(logged?.err)).toMatch(/terminated|ECONN|connect/i);
    }
    expect(givenAway(await http(server.url).get('/health'))).toEqual([]);
    for (const secret of Object.values(secrets)) expect(server.output()).not.toContain(secret);
  } finally {
    await server.stop();
    await database.close();
  }
});
