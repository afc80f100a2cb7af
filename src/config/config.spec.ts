import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config, ConfigError, EXAMPLE_SECRETS, parseConfig, publicUrl, settings } from '.';

const EXAMPLE = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
const COMPOSE_ONLY = ['LISTEN_ADDRESS', 'LISTEN_PORT', 'POSTGRES_PASSWORD'];
const SECRETS = {
  MASTER_KEY: 'bWFzdGVyLWtleS1mb3ItdGhlLWNvbmZpZy10ZXN0cyE=',
  JWT_SECRET: 'another-secret-for-the-tests-of-the-settings',
};

type Environment = Record<string, string>;

/** Settings of an example file: `NAME=value`, or `#NAME=` for one that is not set by default. */
function settingsIn(text: string): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const [, off, name, value] of text.matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(.*)$/gm)) {
    if (found.has(name!)) throw new Error(`${name} stands there twice`);
    found.set(name!, off ? undefined : value);
  }
  return found;
}

/** What of an example file is not so, in words. */
function exampleProblems(text: string): string[] {
  const found = settingsIn(text);
  const problems: string[] = [];
  const defaults = parseConfig({}) as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(settings)) {
    if (!found.has(name)) problems.push(`${name} is not explained`);
    const shown = found.get(name);
    const expected = (EXAMPLE_SECRETS as Environment)[name] ?? asText(defaults[name]);
    if (found.has(name) && shown !== expected) problems.push(`${name} shows ${shown}`);
    const line = new RegExp(`^# .+\\n#?${name}=`, 'm');
    if (!line.test(text)) problems.push(`${name} has no prose above it`);
  }
  for (const name of found.keys()) {
    const known = name in settings || COMPOSE_ONLY.includes(name);
    if (!known) problems.push(`${name} is unknown`);
  }
  for (const name of COMPOSE_ONLY) if (!found.has(name)) problems.push(`${name} is not explained`);
  return problems;
}

function asText(value: unknown): string | undefined {
  const text = Array.isArray(value) ? value.join(',') : JSON.stringify(value ?? '');
  return text.replaceAll('"', '') || undefined;
}

function problemsOf(environment: Environment): readonly string[] {
  try {
    parseConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('.env.example', () => {
  test('explains every setting with its true default, and no other', () => {
    expect(exampleProblems(EXAMPLE)).toEqual([]);
  });

  test.each<[flaw: string, from: string | RegExp, to: string, problem: string]>([
    ['a missing setting', /^#.*\nHSTS=.*$/m, '', 'HSTS is not explained'],
    ['another default', 'PORT=3000\n', 'PORT=8080\n', 'PORT shows 8080'],
    ['a default for what has none', '#DATABASE_URL=', 'DATABASE_URL=x', 'DATABASE_URL shows x'],
    ['a setting nobody reads', 'HSTS=', 'HTST=', 'HTST is unknown'],
    [
      'no word about it',
      /# .*\nBODY_LIMIT/,
      '\nBODY_LIMIT',
      'BODY_LIMIT_BYTES has no prose above it',
    ],
    ['a real secret', EXAMPLE_SECRETS.JWT_SECRET, 'x', 'JWT_SECRET shows x'],
  ])('%s is found', (_flaw, from, to, problem) => {
    const flawed = EXAMPLE.replace(from, to);

    expect(flawed).not.toBe(EXAMPLE);
    expect(exampleProblems(flawed)).toContain(problem);
  });

  test('cannot be used as it is: its secrets are refused', () => {
    const { NODE_ENV: _mode, ...rest } = Object.fromEntries(settingsIn(EXAMPLE)) as Environment;

    for (const mode of ['development', 'production']) {
      expect(problemsOf({ ...rest, NODE_ENV: mode })).toEqual([
        expect.stringMatching(/^MASTER_KEY: is the value of \.env\.example/),
        expect.stringMatching(/^JWT_SECRET: is the value of \.env\.example/),
      ]);
    }
  });
});

describe('parseConfig', () => {
  test('starts with nothing set', () => {
    expect(parseConfig({})).toMatchObject({ NODE_ENV: 'development', PORT: 3_000, HSTS: false });
    expect(parseConfig({}).DATABASE_URL).toBeUndefined();
  });

  test.each<[environment: Environment, part: Partial<Config>]>([
    [{ PORT: '0' }, { PORT: 0 }],
    [{ PORT: '' }, { PORT: 3_000 }],
    [{ HSTS: 'true' }, { HSTS: true }],
    [{ MIGRATE_ON_START: 'false' }, { MIGRATE_ON_START: false }],
    [{ TRUSTED_PROXIES: ' 10.0.0.7, ,::1 ' }, { TRUSTED_PROXIES: ['10.0.0.7', '::1'] }],
    [{ REDIS_URL: 'rediss://h:6380/1' }, { REDIS_URL: 'rediss://h:6380/1' }],
    [{ DATABASE_URL: 'postgresql://h/d' }, { DATABASE_URL: 'postgresql://h/d' }],
    [
      { NODE_ENV: 'production', ...SECRETS },
      { NODE_ENV: 'production', ...SECRETS },
    ],
    [{ SOMETHING_ELSE: 'x' }, {}],
  ])('%j is read', (environment, part) => {
    const config = parseConfig(environment);

    expect(config).toMatchObject(part);
    expect(Object.keys(config)).not.toContain('SOMETHING_ELSE');
  });

  test.each<[name: string, value: string]>([
    ['NODE_ENV', 'prod'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['PORT', ' 3000'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['REDIS_URL', 'localhost:6379'],
    ['DATABASE_POOL_SIZE', '1'],
    ['DATABASE_LOCK_TIMEOUT_MS', '0'],
    ['SMTP_URL', 'smtp.example.com'],
    ['PUBLIC_URL', 'licences.example.com'],
    ['PUBLIC_URL', 'https://example.com/?page=1'],
    ['HSTS', 'yes'],
    ['MIGRATE_ON_START', 'False'],
    ['BCRYPT_COST', '16'],
    ['LOGIN_MAX_ATTEMPTS', '0'],
    ['BODY_LIMIT_BYTES', '1kB'],
    ['LOG_LEVEL', 'trace'],
    ['SHUTDOWN_TIMEOUT_SECONDS', '10'],
    ['MASTER_KEY', 'too short'],
    ['MASTER_KEY', 'a'.repeat(44)],
    ['JWT_SECRET', EXAMPLE_SECRETS.JWT_SECRET],
  ])('%s=%s is refused by name', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  test('all problems are told at once, without telling a secret', () => {
    const bad = { NODE_ENV: 'production', PORT: 'http', HSTS: 'maybe', JWT_SECRET: 'hunter2' };
    const problems = problemsOf(bad);

    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['PORT', 'HSTS', 'MASTER_KEY', 'JWT_SECRET']),
    );
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('hunter2');
    expect(() => parseConfig(bad)).toThrow(/^The configuration is not valid:\n( {2}- .+\n?){4}$/);
  });

  test('production wants two secrets, and two different ones', () => {
    const production = { NODE_ENV: 'production' };
    const same = { MASTER_KEY: SECRETS.MASTER_KEY, JWT_SECRET: SECRETS.MASTER_KEY };

    expect(problemsOf(production)).toHaveLength(2);
    expect(problemsOf({ ...production, ...SECRETS })).toEqual([]);
    expect(problemsOf({ ...production, ...same })).toEqual([
      'JWT_SECRET: must differ from MASTER_KEY',
    ]);
  });

  test('the result cannot be changed', () => {
    const config = parseConfig({}) as { PORT: number };

    expect(Object.isFrozen(config)).toBe(true);
    expect(() => (config.PORT = 1)).toThrow(TypeError);
  });
});

describe('publicUrl', () => {
  test.each<[environment: Environment, url: string]>([
    [{}, 'http://127.0.0.1:3000'],
    [{ HOST: '0.0.0.0', PORT: '80' }, 'http://localhost:80'],
    [{ HOST: '::1' }, 'http://[::1]:3000'],
    [{ PUBLIC_URL: 'https://keys.example.com/' }, 'https://keys.example.com'],
    [{ PUBLIC_URL: 'https://example.com/keys' }, 'https://example.com/keys'],
  ])('%j is %s', (environment, url) => {
    expect(publicUrl(parseConfig(environment))).toBe(url);
  });
});
