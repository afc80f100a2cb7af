import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anApp, aSeller, MadeFile, TestApp } from '../factories';
import { fetchBytes } from '../support/bytes';
import { freshDatabase, TestDatabase } from '../support/database';
import { PROJECT_ROOT, SpawnedServer, spawnServer } from '../support/server';
import { testSettings } from '../support/settings';
import { pathOfBlob } from './support';

const CLI = join(PROJECT_ROOT, 'dist/src/cli/main.js');
const [FIRST, SECOND] = ['first', 'second'].map(
  (name) => `the ${name} master key of files, 0123456789`,
);

let folder: string;
let database: TestDatabase;
let running: SpawnedServer | null = null;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-rotation-'));
  database = await freshDatabase();
});
afterAll(async () => {
  await running?.stop();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (keys: Record<string, string>) => ({
  FILES_DIR: folder,
  BACKGROUND_JOBS: 'false',
  ...keys,
});

/** Starts a server with these keys in place of the one before. */
async function serving(keys: Record<string, string>): Promise<string> {
  await running?.stop();
  running = await spawnServer(database.url, { env: settings(keys) });
  return running.url;
}

async function rewrap(keys: Record<string, string>): Promise<string> {
  const env = { ...process.env, ...testSettings, DATABASE_URL: database.url, ...settings(keys) };
  const run = promisify(execFile)(process.execPath, [CLI, 'files', 'rewrap'], { env });
  return (await run).stdout.trim();
}

test('master keys follow each other: only wrapped keys are rewritten, and files stay readable', async () => {
  const contents = ['one', 'two', 'three'];
  let app: TestApp = await anApp(await aSeller(await serving({})));
  const token = await app.login((await app.user()).username);
  const made: MadeFile[] = [];
  for (const content of contents) made.push(await app.file(content));
  const read = (url: string) =>
    Promise.all(
      made.map(async ({ id }) => {
        const answer = await fetchBytes(`${url}/v1/files/download/${id}`, {
          'x-session-token': token,
        });
        return answer.code ?? answer.bytes.toString();
      }),
    );
  const stored = async () => {
    const ids = await database.rows<{ id: string }>('SELECT id FROM file_blobs ORDER BY id');
    return ids.map(({ id }) => {
      const path = pathOfBlob(folder, id);
      return [readFileSync(path, 'hex'), statSync(path).mtimeMs];
    });
  };
  const before = await stored();

  // From MASTER_KEY to a key of their own.
  expect(await rewrap({ FILE_MASTER_KEY: FIRST! })).toBe('3 keys wrapped again');

  // To the next: the old one is named until all is wrapped again, and not needed afterwards.
  const second = { FILE_MASTER_KEY: SECOND! };
  expect(await read(await serving(second))).toEqual(contents.map(() => 'FILE_DAMAGED'));
  const both = { ...second, OLD_FILE_MASTER_KEY: FIRST! };
  const url = await serving(both);
  expect(await read(url)).toEqual(contents);
  app = app.at(url);
  made.push(await app.file('written between'));
  contents.push('written between');
  expect(await rewrap(both)).toBe('3 keys wrapped again');
  expect(await read(await serving(second))).toEqual(contents);
  expect((await stored()).slice(0, 3)).toEqual(before);
});
