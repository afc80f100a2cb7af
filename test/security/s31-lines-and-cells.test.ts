import { parse } from 'csv-parse/sync';
import { connect } from 'node:net';
import { AppsRepository } from '../../src/modules/apps/apps.repository';
import { aSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { Contract, isText, Route } from './contract';
import { aWorld, goodRequest, inject, tokenFor, World } from './support';

/** Bounds it all; machines differ. */
jest.setTimeout(300_000);

/** Switched by the twins: lines and cells go out as the texts are. */
const mockGuards = { lines: true, cells: true };
jest.mock('../../src/platform/logging/logger', () => {
  type Create = (config: unknown, to: { write: (line: string) => void }) => unknown;
  const actual = jest.requireActual<{ createLogger: Create }>('../../src/platform/logging/logger');
  // What a logger of plain text would write.
  const plain = (line: string) =>
    line
      .replace(/\\r/g, '\r')
      .replace(/\\n/g, '\n')
      .replace(/\\"/g, '"')
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const createLogger: Create = (config, to) =>
    actual.createLogger(config, {
      write: (line) => to.write(mockGuards.lines ? line : plain(line)),
    });
  return { ...actual, createLogger };
});
jest.mock('../../src/modules/transfer/domain/cells', () => {
  type Cells = { cellOf: (value: unknown) => string };
  const actual = jest.requireActual<Cells>('../../src/modules/transfer/domain/cells');
  return {
    ...actual,
    cellOf: (value: unknown) =>
      mockGuards.cells || typeof value !== 'string' ? actual.cellOf(value) : value,
  };
});

const FORGED = '{"level":"fatal","msg":"FORGED"}';
/** Texts that would be a second line, or paint the terminal of whoever reads. */
const LINES = [
  `x\r\n${FORGED}\r\n`,
  `x\n${FORGED}`,
  `x","msg":"FORGED","y":"`,
  'x\u001b[2J\u001b[31mFORGED',
  'x\u009b31mFORGED',
  'x\u0085FORGED',
  `x\u2028${FORGED}\u2029`,
  'x\u202eFORGED',
  'x\u{e0001}\u{e007f}FORGED',
  'x\u0000FORGED\u0008\u0008',
  '=cmd|"/c calc"!A1',
  '%0d%0a%1b[31m${jndi:ldap://x}',
];

/** Control characters, and those that end lines or turn the direction around. */
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const RAW = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** What is wrong with a line of the log. */
function flaws(text: string): string[] {
  if (RAW.test(text)) return [`raw control character: ${JSON.stringify(text)}`];
  try {
    const event = JSON.parse(text) as { readonly level?: unknown; readonly msg?: unknown };
    const whole = typeof event.level === 'string' && typeof event.msg === 'string';
    return whole && event.msg !== 'FORGED' && event.level !== 'fatal' ? [] : [`forged: ${text}`];
  } catch {
    return [`no JSON: ${text}`];
  }
}

/** What a spreadsheet program would run. A number is a number, whatever its sign. */
function isFormula(cell: string): boolean {
  return /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell);
}
const FORMULAS = [
  '=cmd|"/c calc"!A1',
  '+1+cmd|"/c calc"!A1',
  '-1+cmd|"/c calc"!A1',
  '@SUM(cmd)',
  '＝cmd',
  "'=cmd",
  '",=cmd,"',
  'a\r\n=cmd',
  '\t=cmd',
];

describe('S-31 what a caller sends stays text, in the log and in a spreadsheet', () => {
  let server: TestServer;
  let contract: Contract;
  beforeAll(async () => {
    server = await startTestServer({ LOG_LEVEL: 'debug', BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    Object.assign(mockGuards, { lines: true, cells: true });
  });
  afterAll(() => server.close());

  const newWorld = async () => aWorld(await aSeller(server.url));

  /** Bytes as they are, on a connection of their own; resolves when the server has closed it. */
  function bytes(head: string, headers: readonly string[] = []): Promise<string> {
    const { port, hostname } = new URL(server.url);
    const lines = [head, 'Host: x', ...headers, 'Connection: close', '', ''];
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
      socket.write(Buffer.from(lines.join('\r\n')));
    });
  }

  /** Every place of a request that may be logged, with every text; gives the lines that are none. */
  async function write(every = 1): Promise<{ findings: string[]; lines: number; sent: number }> {
    const world = await newWorld();
    let sent = 0;
    server.logs.length = 0;
    for (const [turn, text] of LINES.entries()) {
      const latin = Buffer.from(text, 'latin1').toString('latin1');
      const one = text.replaceAll(/[\r\n]/g, '');
      const paths = [
        `/v1/${one}`,
        `/v1/admin/apps/${encodeURIComponent(text)}`,
        `/${latin}?x=${one}`,
      ];
      for (const path of paths) await bytes(`GET ${path.replaceAll(/[\r\n ]/g, '')} HTTP/1.1`);
      const names = ['X-Request-Id', 'User-Agent', 'X-Forwarded-For', 'Authorization', 'Referer'];
      for (const name of names) {
        for (const value of [one, text]) {
          await bytes('POST /v1/auth/logout HTTP/1.1', [`${name}: ${value}`, 'Content-Length: 0']);
        }
      }
      await bytes(`${one} /v1 HTTP/1.1`);
      sent += 3 + 2 * names.length + 1;
      jest.spyOn(AppsRepository.prototype, 'findOwned').mockRejectedValueOnce(new Error(text));
      await inject(server, 'GET', world.app.path(), { token: world.seller.accessToken });
      for (const [place, body] of contract.bodies().entries()) {
        if ((place + turn) % every !== 0) continue;
        const fields = Object.entries(body.schema.properties!).filter(([, schema]) =>
          isText(contract.resolve(schema)),
        );
        for (const [field] of fields) {
          // Refused or taken: what matters is what is written about it.
          const path = body.route.path.replace(/\{\w+\}/g, world.app.id);
          const headers = { 'x-api-key': world.app.apiKey };
          const token = tokenFor(body.route, world);
          const sentBody = {
            ...contract.minimal(body.schema),
            ...(body.type ? { type: body.type } : {}),
          };
          await inject(server, body.route.method, path, {
            token,
            headers,
            body: { ...sentBody, [field]: text },
          });
          sent++;
        }
      }
    }
    // As whoever reads the log takes it apart.
    const lines = server.logs.join('').split('\n');
    expect(lines.pop()).toBe('');
    return { findings: lines.flatMap(flaws), lines: lines.length, sent };
  }

  test('S-31 one event is one line of JSON, whatever a request holds', async () => {
    const { findings, lines, sent } = await write(4);
    expect(findings).toEqual([]);
    expect(lines).toBeGreaterThan(sent / 4);
    expect(lines).toBeLessThan(3 * sent);
  });

  test('S-31 a request id is taken only when it is harmless', async () => {
    for (const text of LINES) {
      const value = text.replaceAll('\u0000', '').replaceAll(/[\r\n]/g, '');
      const answer = await bytes('GET /health/live HTTP/1.1', [`X-Request-Id: ${value}`]);
      const [, id] = /x-request-id: (.*)\r\n/i.exec(answer) ?? ['', 'refused'];
      expect(id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
      expect(answer).not.toContain('FORGED');
    }
  });

  /** Routes whose answer may be CSV, by the document. */
  const csvRoutes = (): Route[] =>
    contract.routes.filter((route) => route.operation.responses['200']?.content?.['text/csv']);

  /** The address of a route's CSV for each choice that its query offers. */
  function csvPaths(route: Route, path: string): string[] {
    const choices = route.parameters.filter(({ in: place, schema }) => {
      return place === 'query' && contract.resolve(schema).enum;
    });
    const [bare] = path.split('?');
    return choices.reduce(
      (paths, { name, schema }) => {
        const values = contract.resolve(schema).enum as string[];
        const wanted = values.includes('csv') ? ['csv'] : values;
        return paths.flatMap((one) =>
          wanted.map((value) => `${one}${one.includes('?') ? '&' : '?'}${name}=${value}`),
        );
      },
      [bare!],
    );
  }

  /** Puts formulas into every text that a seller or reseller may write into the world. */
  async function fillWithFormulas(world: World): Promise<void> {
    for (const body of contract.bodies()) {
      const { route, schema, type } = body;
      if (type || !['seller', 'reseller'].includes(String(route.credential))) continue;
      if (
        !route.params.every((name) => ['appId', 'licenseId', 'userId', 'resellerId'].includes(name))
      )
        continue;
      for (const [field, given] of Object.entries(schema.properties!)) {
        const { pattern, format, ...resolved } = contract.resolve(given);
        if (!isText(resolved) || pattern || format) continue;
        for (const text of FORMULAS) {
          const {
            token,
            path,
            body: good,
          } = await goodRequest(contract, { ...body, name: '' }, world);
          await inject(server, route.method, path, { token, body: { ...good, [field]: text } });
        }
      }
    }
  }

  /** Cells of every CSV of the document that a spreadsheet would run, and files that hold none of them. */
  async function cells(world: World): Promise<{ findings: string[]; told: number }> {
    const findings: string[] = [];
    let told = 0;
    for (const route of csvRoutes()) {
      const good = await goodRequest(contract, { route, name: route.key }, world);
      for (const path of csvPaths(route, good.path)) {
        const answer = await inject(server, 'GET', path, { token: good.token });
        expect([path, answer.status]).toEqual([path, 200]);
        expect(String(answer.headers['content-type'])).toMatch(/^text\/csv/);
        expect(String(answer.headers['content-disposition'])).toMatch(
          /^attachment; filename="[\w.-]+"$/,
        );
        const rows = parse(answer.text);
        const all = rows.flat();
        told += all.filter((cell) => cell.includes('cmd')).length;
        findings.push(...all.filter(isFormula).map((cell) => `${path}: ${JSON.stringify(cell)}`));
      }
    }
    return { findings, told };
  }

  test('S-31 no cell of any CSV of the document is run by a spreadsheet, nor a twin of it missed', async () => {
    const world = await newWorld();
    await fillWithFormulas(world);
    const { findings, told } = await cells(world);
    expect(csvRoutes().length).toBeGreaterThan(1);
    expect(findings).toEqual([]);
    expect(told).toBeGreaterThan(FORMULAS.length);
    mockGuards.cells = false;
    expect((await cells(world)).findings.length).toBeGreaterThan(3);
  });

  test('S-31 twin: a log of plain text is broken into lines and painted', async () => {
    mockGuards.lines = false;
    const { findings } = await write(8);
    expect(findings.length).toBeGreaterThan(LINES.length / 2);
    for (const kind of ['no JSON', 'raw control character', 'forged']) {
      expect([kind, findings.some((text) => text.startsWith(kind))]).toEqual([kind, true]);
    }
  });
});
