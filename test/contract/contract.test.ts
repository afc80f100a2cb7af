import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT, startTestServer, TestServer } from '../support/server';

const run = promisify(execFile);
const bin = (name: string) => join(PROJECT_ROOT, 'node_modules/.bin', name);
const CLIENT = join(__dirname, 'client');
const SCHEMA = join(CLIENT, 'schema.d.ts');

describe('the contract', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    rmSync(SCHEMA, { force: true });
    await server.close();
  });

  test('F-10: the committed openapi.yaml and docs/errors.md are what the code generates', async () => {
    await run(process.execPath, ['dist/src/cli/main.js', 'generate', '--check'], {
      cwd: PROJECT_ROOT,
    });
  });

  test('a public linter finds no error in it', async () => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off' };
    const { stderr } = await run(bin('redocly'), ['lint', 'openapi.yaml'], {
      cwd: PROJECT_ROOT,
      env,
    });
    expect(stderr).toContain('is valid');
  });

  test('a client generated from it type-checks and walks the first journey', async () => {
    await run(bin('openapi-typescript'), ['openapi.yaml', '-o', SCHEMA], { cwd: PROJECT_ROOT });
    await run(bin('tsc'), ['-p', CLIENT], { cwd: PROJECT_ROOT });
    const { walk } = jest.requireActual<{ walk(url: string): Promise<string[]> }>(
      './client/journey',
    );
    expect(await walk(server.url)).toEqual([
      'App initialized',
      'My App',
      'Registration successful',
      'Login successful',
      'Session valid',
      'testuser',
      '1 user',
      'User banned',
      'Invalid session',
      'INVALID_SESSION',
    ]);
  });
});
