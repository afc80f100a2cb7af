import { statSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE_SECRETS } from '../../src/config';
import { freshDatabase, TestDatabase } from '../support/database';
import { spawnServer } from '../support/server';
import { inFolder, runToEnd } from './support/processes';
import { guardOff } from './support/until';

const GOOD = {
  MASTER_KEY: 'bWFzdGVyLWtleS1mb3ItdGhlLWZhdWx0LXRlc3RzISE=',
  JWT_SECRET: 'and-a-signing-secret-of-its-own-for-these-tests',
};
type Secrets = Partial<Record<keyof typeof GOOD, string>>;

const MISSING = /is required in production/;
const SHORT = /is too short/;
const WEAK = /is too easy to guess/;
const EXAMPLE = /is the value of \.env\.example/;

/** Who may not start: the secrets, and the complaint about each. */
const REFUSED: [what: string, secrets: Secrets, problems: Partial<Record<string, RegExp>>][] = [
  ['both missing', {}, { MASTER_KEY: MISSING, JWT_SECRET: MISSING }],
  ['one empty', { ...GOOD, MASTER_KEY: '' }, { MASTER_KEY: MISSING }],
  ['the other missing', { MASTER_KEY: GOOD.MASTER_KEY }, { JWT_SECRET: MISSING }],
  [
    'one short, one weak',
    { MASTER_KEY: 'Tr0ub4dor&3', JWT_SECRET: 'ab'.repeat(32) },
    { MASTER_KEY: SHORT, JWT_SECRET: WEAK },
  ],
  ['both from the example', EXAMPLE_SECRETS, { MASTER_KEY: EXAMPLE, JWT_SECRET: EXAMPLE }],
  [
    'the examples swapped',
    { MASTER_KEY: EXAMPLE_SECRETS.JWT_SECRET, JWT_SECRET: EXAMPLE_SECRETS.MASTER_KEY },
    { MASTER_KEY: EXAMPLE, JWT_SECRET: EXAMPLE },
  ],
  [
    'one and the same',
    { ...GOOD, JWT_SECRET: GOOD.MASTER_KEY },
    { JWT_SECRET: /must differ from MASTER_KEY/ },
  ],
];

describe('C-15 secrets', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.close());

  /** Starts in production mode; what it let pass, in words. */
  async function startWith(secrets: Secrets, preload?: string) {
    return inFolder(async (folder) => {
      const env = { NODE_ENV: 'production', PORT: '0', DATA_DIR: join(folder, 'data') };
      const ended = await runToEnd({ ...env, DATABASE_URL: database.url, ...secrets }, { preload });
      return { ...ended, left: readdirSync(folder) };
    });
  }

  test.each(REFUSED)('production refuses to start: %s', async (_what, secrets, problems) => {
    const { code, output, left } = await startWith(secrets);

    expect(code).toBe(1);
    const lines = output.split('\n').filter((line) => line.startsWith('  - '));
    expect(lines).toHaveLength(Object.keys(problems).length);
    for (const [name, problem] of Object.entries(problems)) {
      const line = lines.find((one) => one.startsWith(`  - ${name}: `));
      expect(line).toMatch(problem!);
    }
    expect(left).toEqual([]);
  });

  test('production names a bad setting together with the bad secrets', async () => {
    const { output } = await inFolder((folder) =>
      runToEnd({ NODE_ENV: 'production', PORT: 'http', DATA_DIR: folder, ...EXAMPLE_SECRETS }),
    );

    expect(output).toMatch(/PORT: must be a whole number[^]*MASTER_KEY: [^]*JWT_SECRET: /);
    expect(output).not.toContain('replace-me');
  });

  test('production starts with good secrets', async () => {
    expect((await startWith(GOOD)).output).toContain('Latchkey is ready');
  });

  test.each(REFUSED.slice(0, 6))(
    'its twin goes red when nobody looks at the secrets: %s',
    async (_what, secrets) => {
      const { code, output } = await startWith(secrets, guardOff('any-secret-will-do'));

      expect([code, output]).toEqual([null, expect.stringContaining('Latchkey is ready')]);
    },
  );

  test('development generates them once, for its owner alone, and uses them again', async () => {
    await inFolder(async (folder) => {
      const env = { NODE_ENV: 'development', DATA_DIR: join(folder, 'data') };
      const unset = { ...env, MASTER_KEY: '', JWT_SECRET: '' };
      const file = join(folder, 'data', 'secrets.json');
      const first = await spawnServer(database.url, { env: unset });
      await first.stop();
      const text = readFileSync(file, 'utf8');
      const second = await spawnServer(database.url, { env: unset });
      await second.stop();

      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toBe(text);
      const { masterKey, jwtSecret } = JSON.parse(text) as Record<string, string>;
      expect(Buffer.from(masterKey!, 'base64')).toHaveLength(32);
      expect(jwtSecret).not.toBe(masterKey);
    });
  });
});
