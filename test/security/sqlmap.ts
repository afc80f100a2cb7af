import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Repository } from '../../src/platform/database';
import { aSeller } from '../factories';
import globalSetup from '../support/global-setup';
import globalTeardown from '../support/global-teardown';
import { startTestServer, TestServer } from '../support/server';
import { Contract, isText, Schema } from './contract';
import { aWorld, goodRequest, requests } from './support';

/**
 * S-30 with the tool that attackers use: sqlmap, level 3, on the requests of the document against a
 * seeded server of its own. Not part of `npm test`, for it takes as long as it is given:
 *
 *   npx swc src migrations test -d dist --quiet
 *   node dist/test/security/sqlmap.js --minutes 15 --each 60 [--only <part of a request's name>]
 *
 * `--careless` is the twin: a repository that writes texts into its statements must be found out.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    each: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    level: { type: 'string', default: '3' },
    careless: { type: 'boolean', default: false },
  },
});

/** What takes most from callers comes first. */
const FIRST = [/search|GET .*(licenses|users)$/, /login|register|license$/, /^POST /];

/** Free text: no password, no pattern, no list of words. */
function isNote(schema: Schema): boolean {
  return isText(schema) && !schema.pattern && !schema.format;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

interface Attack {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The requests of the document, each good, on a world of its own; the last part of a path is aimed at. */
async function attacks(server: TestServer): Promise<Attack[]> {
  const contract = new Contract(server.app);
  const made: Attack[] = [];
  for (const request of requests(contract)) {
    const { route, name } = request;
    if (!name.includes(options.only)) continue;
    const world = await aWorld(await aSeller(server.url));
    const good = await goodRequest(contract, request, world);
    const queries = route.parameters
      .filter((parameter) => parameter.in === 'query' && !good.path.includes(`${parameter.name}=`))
      // What finds something can be told from what finds nothing.
      .map(({ name: key, schema }) => {
        const known = name.endsWith('licenses') ? world.ids['key']! : world.user.username;
        return `${key}=${key === 'search' ? known.slice(0, 6) : String(contract.valid(schema))}`;
      })
      .filter((text) => !text.startsWith('status'))
      .filter((text) => !text.startsWith('cursor'));
    const path = route.path.endsWith('}') ? `${good.path}*` : good.path;
    const query = queries.length > 0 ? `${path.includes('?') ? '&' : '?'}${queries.join('&')}` : '';
    const nothing = queries.length === 0 && !good.body && path === good.path && !path.includes('?');
    if (nothing) continue;
    const token = good.token ? { authorization: `Bearer ${good.token}` } : {};
    // What may be left out is aimed at too, where it is text.
    const optional = Object.entries(request.schema?.properties ?? {})
      .filter(([key, given]) => !(key in good.body!) && isNote(contract.resolve(given)))
      .map(([key]) => [key, 'text']);
    const body = good.body && JSON.stringify({ ...good.body, ...Object.fromEntries(optional) });
    const headers = { ...good.headers, ...token } as Record<string, string>;
    made.push({ name, method: route.method, url: `${server.url}${path}${query}`, headers, body });
  }
  const rank = ({ name }: Attack) => {
    const place = FIRST.findIndex((pattern) => pattern.test(name));
    return place === -1 ? FIRST.length : place;
  };
  return made.sort((one, other) => rank(one) - rank(other));
}

interface Outcome {
  readonly output: string;
  readonly complete: boolean;
}

function sqlmap({ method, url, headers, body }: Attack, directory: string): Promise<Outcome> {
  const args = [
    ...['-u', url, '--method', method, '--level', options.level, '--risk', '2', '--batch'],
    ...['--dbms', 'PostgreSQL', '--threads', '1', '--timeout', '20', '--retries', '0'],
    // Headers are the same on every route, and S-30 fills each of them.
    ...['--skip', 'user-agent,referer,host'],
    ...['--flush-session', '--disable-coloring', '--output-dir', directory],
    ...['--ignore-code', '400,401,403,404,405,409,413,415,422,429'],
    ...(body ? ['--data', body] : []),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(body ? ['-H', 'content-type: application/json'] : []),
  ];
  return new Promise((resolve) => {
    const child = spawn('sqlmap', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    let complete = true;
    const timer = setTimeout(
      () => {
        complete = false;
        child.kill('SIGKILL');
      },
      Number(options.each) * 1_000,
    );
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ output, complete });
    });
  });
}

/** What sqlmap is sure of; what merely appears to be injectable it checks itself, and says so. */
const FOUND = /identified the following injection|is vulnerable/;
const SUSPECTED = /appears to be .*injectable/;
const ACQUITTED = /false positive or unexploitable|does not seem to be injectable/;

function beCareless(): void {
  type Execute = (this: unknown, sql: string, values: readonly unknown[]) => Promise<unknown>;
  const base = Repository.prototype as unknown as { execute: Execute };
  const { execute } = base;
  base.execute = function (sql, values) {
    const kept: unknown[] = [];
    const text = sql.replace(/\$(\d+)/g, (_, n: string) => {
      const value = values[Number(n) - 1];
      return typeof value === 'string' ? `'${value}'` : `$${kept.push(value)}`;
    });
    return execute.call(this, text, kept);
  };
}

async function main(): Promise<number> {
  await globalSetup();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void globalTeardown().finally(() => process.exit(130)));
  }
  const server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-sqlmap-'));
  const count = { requests: 0, crashes: 0 };
  const planned = await attacks(server);
  if (options.careless) beCareless();
  server.app.getHttpServer().prependListener('request', (_request, response) => {
    count.requests++;
    response.once('finish', () => (count.crashes += response.statusCode >= 500 ? 1 : 0));
  });
  const until = Date.now() + Number(options.minutes) * 60_000;
  const findings: string[] = [];
  let attacked = 0;
  for (const attack of planned) {
    if (Date.now() > until) break;
    const before = count.requests;
    const { output, complete } = await sqlmap(attack, directory);
    attacked++;
    const said = output.split('\n').filter((line) => /\[(WARNING|CRITICAL|ERROR)\]/.test(line));
    const suspected = SUSPECTED.test(output) && !complete && !ACQUITTED.test(output);
    const found = FOUND.test(output) || suspected;
    if (found) findings.push(`${attack.name}\n${output}`);
    const tested = new Set(output.match(/testing if .*? parameter '[^']+'/g) ?? []);
    print(
      `${suspected ? 'UNSURE' : found ? 'FOUND' : 'clean'} ${complete ? 'whole' : 'cut  '} ${attack.name}: ` +
        `${count.requests - before} requests, ${tested.size} parameters. ${said.at(-1)?.trim() ?? ''}`,
    );
  }
  print(
    `${attacked} of ${planned.length} requests attacked, ${count.requests} sent, ` +
      `${count.crashes} answered 5xx, ${findings.length} findings`,
  );
  for (const finding of findings) print(finding);
  await server.close();
  await globalTeardown();
  rmSync(directory, { recursive: true, force: true });
  return findings.length + count.crashes === 0 ? 0 : 1;
}

void main().then((code) => (process.exitCode = code));
