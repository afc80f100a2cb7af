import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DCLinter } from 'dclint';
import { DockerfileParser } from 'dockerfile-ast';
import type { Instruction, JSONInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { settings } from '../../src/config';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const DOCKERFILE = read('Dockerfile');
const COMPOSE = read('compose.yaml');
const REQUIRED_SECRETS = ['JWT_SECRET', 'MASTER_KEY', 'POSTGRES_PASSWORD'];
const NAMES_A_SECRET = /SECRET|PASSWORD|TOKEN|CREDENTIAL|_KEY$|^DATABASE_URL$/;

/** The instructions after the last FROM: what the image that runs is made of. */
function finalStage(all: Instruction[]): Instruction[] {
  return all.slice(all.findLastIndex((one) => one.getKeyword() === 'FROM'));
}

function variablesOf(all: Instruction[]): string[] {
  return all
    .filter((one) => ['ENV', 'ARG'].includes(one.getKeyword()))
    .flatMap((one) => one.getArguments().map((argument) => argument.getValue()))
    .map((assignment) => assignment.split('=')[0] ?? '');
}

/** What is wrong with a Dockerfile, in words; nothing when it may be shipped. */
function dockerfileProblems(text: string): string[] {
  const problems = validate(text).map(({ message, range }) => {
    const sentence = typeof message === 'string' ? message : message.value;
    return `line ${range.start.line + 1}: ${sentence}`;
  });
  const dockerfile = DockerfileParser.parse(text);
  const stages = dockerfile.getFROMs();
  const names = stages.map((stage) => stage.getBuildStage());
  const last = finalStage(dockerfile.getInstructions());
  const lastOf = (keyword: string) => last.findLast((one) => one.getKeyword() === keyword);

  if (stages.length < 2) problems.push('one stage: the tools of the build are shipped');
  for (const stage of stages) {
    const tag = stage.getImageTag();
    if (names.includes(stage.getImage())) continue;
    if (!tag || tag === 'latest') problems.push(`unpinned image ${stage.getImage() ?? ''}`);
  }
  for (const name of variablesOf(dockerfile.getInstructions())) {
    if (NAMES_A_SECRET.test(name)) problems.push(`secret in a layer: ${name}`);
  }
  const user = lastOf('USER')?.getArgumentsContent() ?? 'root';
  if (/^(root|0)(:|$)/.test(user)) problems.push('runs as root');
  if (!lastOf('HEALTHCHECK')?.getArgumentsContent()?.includes('CMD'))
    problems.push('no HEALTHCHECK');
  const command = lastOf('CMD') as JSONInstruction | undefined;
  if (!command?.getOpeningBracket())
    problems.push('CMD is not in exec form: signals stop at a shell');
  return problems;
}

/** What Compose makes of `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolate(text: string, environment: Record<string, string>): string {
  return text.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, how: string | undefined, rest: string | undefined) => {
      const value = environment[name] ?? '';
      if (value === '' && how === '?') throw new Error(rest);
      return value === '' && how === '-' ? (rest ?? '') : value;
    },
  );
}

/** The schema of the Compose specification and the house rules of dclint, on the file as Compose reads it. */
function composeLint(text: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-compose-'));
  try {
    const path = join(directory, 'compose.yaml');
    writeFileSync(path, text);
    const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
    return linter
      .lintFiles([path], false)
      .flatMap(({ messages }) => messages)
      .map(({ line, rule, message }) => `line ${line}: ${rule}: ${message}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Service {
  read_only?: boolean;
  restart?: string;
  privileged?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  tmpfs?: string[];
  volumes?: string[];
  healthcheck?: unknown;
  depends_on?: Record<string, { condition?: string }>;
  environment?: Record<string, string>;
}

function hardeningProblems(name: string, service: Service): string[] {
  const demands: [boolean, string][] = [
    [service.cap_drop?.includes('ALL') === true, 'keeps its capabilities'],
    [service.security_opt?.includes('no-new-privileges:true') === true, 'may gain privileges'],
    [service.privileged !== true, 'is privileged'],
    [service.restart === 'unless-stopped', 'does not come back after a crash'],
  ];
  return demands.filter(([met]) => !met).map(([, complaint]) => `${name} ${complaint}`);
}

/** What is wrong with a Compose file, in words. */
function composeProblems(text: string): string[] {
  const secrets = Object.fromEntries(REQUIRED_SECRETS.map((name) => [name, `value-of-${name}`]));
  const problems = composeLint(interpolate(text, secrets));
  const { services } = parse(text) as { services: { database: Service; server: Service } };
  const { database, server } = services;

  for (const [, name = '', how] of text.matchAll(/\$\{(\w+)(:\?)?/g)) {
    if (NAMES_A_SECRET.test(name) && how === undefined) problems.push(`${name} is not required`);
  }
  for (const [name, value] of Object.entries({ ...database.environment, ...server.environment })) {
    const secret = NAMES_A_SECRET.test(name) && !value.includes('${');
    if (secret) problems.push(`${name} is written down`);
  }
  problems.push(...hardeningProblems('database', database), ...hardeningProblems('server', server));
  if (!database.healthcheck) problems.push('database has no healthcheck');
  if (!database.volumes?.some((volume) => volume.endsWith(':/var/lib/postgresql'))) {
    problems.push('database loses its data');
  }
  if (server.depends_on?.['database']?.condition !== 'service_healthy') {
    problems.push('server starts before its database');
  }
  if (server.read_only !== true || !server.tmpfs?.includes('/tmp')) {
    problems.push('server may write to its image');
  }
  return problems;
}

describe('Dockerfile', () => {
  test('can be shipped', () => {
    expect(dockerfileProblems(DOCKERFILE)).toEqual([]);
  });

  test.each<[flaw: string, from: string | RegExp, to: string, problem: RegExp]>([
    ['root by default', 'USER node\n', '', /^runs as root$/],
    ['return to root', 'USER node\n', 'USER node\nUSER 0:0\n', /^runs as root$/],
    [
      'floating image',
      /node:24-bookworm-slim AS server/,
      'node AS server',
      /^unpinned image node$/,
    ],
    ['latest image', /node:24-bookworm-slim AS server/, 'node:latest AS server', /^unpinned image/],
    ['shell form', /^CMD .*$/m, 'CMD node dist/src/main.js', /^CMD is not in exec form/],
    ['missing health check', /^HEALTHCHECK[^]*?\n(?=#)/m, '', /^no HEALTHCHECK$/],
    [
      'secret baked in',
      'ENV PORT',
      'ENV JWT_SECRET=x\nENV PORT',
      /^secret in a layer: JWT_SECRET$/,
    ],
    ['secret passed in', 'ENV PORT', 'ARG NPM_TOKEN\nENV PORT', /^secret in a layer: NPM_TOKEN$/],
    ['single stage', /^FROM[^]*(?=^FROM.*server)/m, '', /^one stage/],
    ['typing error', 'EXPOSE 3000', 'EXPOSED 3000', /^line \d+: Unknown instruction/],
  ])('%s is found', (_flaw, from, to, problem) => {
    const flawed = DOCKERFILE.replace(from, to);

    expect(flawed).not.toBe(DOCKERFILE);
    expect(dockerfileProblems(flawed)).toContainEqual(expect.stringMatching(problem));
  });

  test('what it copies exists and .dockerignore lets it in', () => {
    const allowed = read('.dockerignore').split('\n');
    const sources = DockerfileParser.parse(DOCKERFILE)
      .getCOPYs()
      .filter((copy) => copy.getFromFlag() === null)
      .flatMap((copy) => copy.getArguments().slice(0, -1))
      .map((argument) => argument.getValue());

    expect(allowed).toContain('*');
    expect(sources.filter((source) => !allowed.includes(`!${source}`))).toEqual([]);
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  test('sets only what the server reads', () => {
    const unknown = variablesOf(DockerfileParser.parse(DOCKERFILE).getInstructions());

    expect(unknown.filter((name) => !(name in settings))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  test('can be shipped', () => {
    expect(composeProblems(COMPOSE)).toEqual([]);
  });

  test.each(REQUIRED_SECRETS)('refuses to start without %s', (missing) => {
    const rest = REQUIRED_SECRETS.filter((name) => name !== missing);
    const environment = Object.fromEntries(rest.map((name) => [name, 'given']));

    expect(() => interpolate(COMPOSE, environment)).toThrow(`put ${missing} into .env`);
  });

  test.each<[flaw: string, from: string | RegExp, to: string, problem: RegExp]>([
    ['secret with a default', 'MASTER_KEY:?', 'MASTER_KEY:-', /^MASTER_KEY is not required$/],
    ['secret written down', /JWT_SECRET: .*/, 'JWT_SECRET: x', /^JWT_SECRET is written down$/],
    ['writable image', '    read_only: true\n', '', /^server may write to its image$/],
    [
      'kept capability',
      /cap_drop:\n {6}- ALL\n {4}read/,
      'read',
      /^server keeps its capabilities$/,
    ],
    ['privileged mode', 'build: .\n', 'build: .\n    privileged: true\n', /^server is privileged$/],
    ['port open to the world', '${LISTEN_ADDRESS:-127.0.0.1}:', '', /no-unbound-port-interfaces/],
    ['latest image', 'postgres:18-alpine', 'postgres', /service-image-require-explicit-tag/],
    ['old data path', '/var/lib/postgresql\n', '/var/lib/postgresql/data\n', /^database loses/],
    [
      'start without waiting',
      'service_healthy',
      'service_started',
      /^server starts before its database$/,
    ],
    ['typing error', 'restart: unless', 'restrat: unless', /invalid-schema/],
  ])('%s is found', (_flaw, from, to, problem) => {
    const flawed = COMPOSE.replace(from, to);

    expect(flawed).not.toBe(COMPOSE);
    expect(composeProblems(flawed)).toContainEqual(expect.stringMatching(problem));
  });

  test('gives the server only settings it reads', () => {
    const { services } = parse(COMPOSE) as { services: { server: Service } };
    const given = Object.keys(services.server.environment ?? {});

    expect(given.filter((name) => !(name in settings))).toEqual([]);
  });
});
