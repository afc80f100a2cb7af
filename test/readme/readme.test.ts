import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT, startTestServer, TestServer } from '../support/server';

const run = promisify(execFile);
const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  test('its quick start works as printed, against a fresh server', async () => {
    const part = readme
      .split('<!-- quick start: begin -->')[1]!
      .split('<!-- quick start: end -->')[0]!;
    const snippets = [...part.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(snippets).toHaveLength(5);
    const script = snippets.join('\n').replace('http://127.0.0.1:3000', server.url);
    const { stdout } = await run('bash', ['-eo', 'pipefail', '-c', script]);
    for (const message of [
      'Your key: VIP-',
      'App initialized',
      'Registration successful',
      'Session valid',
      'License activated',
      '"username":"testuser"',
      '"hwid":"HWID-A1B2C3D4"',
      'Logged out',
    ]) {
      expect(stdout).toContain(message);
    }
    expect(stdout).not.toContain('"success":false');
  });

  test('every file it links to exists', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links)
      expect([link, existsSync(join(PROJECT_ROOT, link))]).toEqual([link, true]);
  });

  test('npm run demo walks the whole journey on a server of its own', async () => {
    // What `npm run demo` does after its build; the build itself is what `npm test` ran before.
    const swc = join(PROJECT_ROOT, 'node_modules/.bin/swc');
    await run(swc, ['demo', '-d', 'dist', '--quiet'], { cwd: PROJECT_ROOT });
    const { stdout } = await run(process.execPath, ['dist/demo/main.js'], { cwd: PROJECT_ROOT });
    expect(stdout).toContain('The whole journey, walked.');
    expect(stdout.match(/^→ \d{3}$/gm)?.length).toBe(15);
  });
});
