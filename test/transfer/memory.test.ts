import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { anApp, aSeller, TestApp } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import { PROJECT_ROOT, SpawnedServer, spawnServer } from '../support/server';
import { imported } from './support';

/** A million takes minutes: it is measured by hand with F09_ROWS=1000000. */
const ROWS = Number(process.env['F09_ROWS'] ?? '50000');
const LIMIT_MIB = 256;
const CHUNK_ROWS = 500;
/** Read at once, these are far more than the limit. */
const FAT_ROWS = 100;

jest.setTimeout(1_800_000);

let database: TestDatabase;
let server: SpawnedServer;
let app: TestApp;
beforeAll(async () => {
  database = await freshDatabase();
  server = await spawnServer(database.url, { env: { LOG_LEVEL: 'error' } });
  // The plan of a new seller has no room for so many.
  await database.pool.query('UPDATE plan_limits SET keys = NULL, users = NULL');
  app = await anApp(await aSeller(server.url));
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** Largest and present resident memory of the server, in MiB. */
function memory(): { peak: number; now: number } {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1_024;
  return { peak: of('VmHWM'), now: of('VmRSS') };
}

/** From now on the peak is counted anew. */
function forgetPeak(): void {
  writeFileSync(`/proc/${server.process.pid}/clear_refs`, '5');
}

/** A file of licences that nobody ever holds whole. `end` may break it off. */
function* jsonFile(rows: number, end = '\n]}\n'): Generator<string> {
  yield '{"licenses":[\n';
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const records = Array.from({ length: Math.min(CHUNK_ROWS, rows - from) }, (_, n) =>
      JSON.stringify({
        key: `MILLION-${String(from + n).padStart(8, '0')}`,
        durationSeconds: 2_592_000,
        level: 1 + (n % 3),
        maxDevices: 1,
        note: `Row ${from + n} of a large file`,
        activatedAt: n % 2 ? '2026-01-01T00:00:00.000Z' : null,
        devices: n % 4 ? [] : [`HWID-${n}`],
      }),
    );
    yield `${from === 0 ? '' : ',\n'}${records.join(',\n')}`;
  }
  yield end;
}

async function upload(file: Iterable<string>) {
  const response = await fetch(`${server.url}${app.path('/import?format=json')}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.seller.accessToken}` },
    body: Readable.toWeb(Readable.from(file)),
    duplex: 'half',
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- read as a client would
  return { status: response.status, body: (await response.json()) as any };
}

async function download(format: 'json' | 'csv', from = app): Promise<number> {
  const path = from.path(`/export?what=licenses&format=${format}`);
  const response = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${app.seller.accessToken}` },
  });
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
    bytes += chunk.length;
  return bytes;
}

describe(`F-09 a file of ${ROWS} rows`, () => {
  const figures: Record<string, { seconds: number; growthMiB: number }> = {};
  afterAll(() => {
    const directory = join(PROJECT_ROOT, 'test-results');
    mkdirSync(directory, { recursive: true });
    const text = JSON.stringify({ rows: ROWS, ...figures }, null, 2);
    writeFileSync(join(directory, 'F-09.json'), `${text}\n`);
  });

  /** Runs `work` and gives how far the server's memory grew in it, beyond what it had before. */
  async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
    forgetPeak();
    const before = memory().now;
    const started = performance.now();
    const result = await work();
    const seconds = (performance.now() - started) / 1_000;
    figures[name] = { seconds, growthMiB: memory().peak - before };
    return result;
  }

  test(`F-09 is imported, refused when it breaks off, imported again and exported in ${LIMIT_MIB} MiB`, async () => {
    // The first requests of a process load code; that is no part of it.
    expect((await upload(jsonFile(10, ''))).status).toBe(400);
    const broken = await measured('broken at the end', () => upload(jsonFile(ROWS, ',{"key":')));
    expect([broken.status, broken.body.report.errors]).toEqual([
      400,
      [expect.objectContaining({ list: 'file', row: ROWS })],
    ]);
    expect(await database.value('SELECT count(*)::int FROM licenses')).toBe(0);

    const first = await measured('imported', () => upload(jsonFile(ROWS)));
    expect(first.body.data).toEqual(imported({ created: ROWS }));
    const again = await measured('imported again', () => upload(jsonFile(ROWS)));
    expect(again.body.data).toEqual(imported({ unchanged: ROWS }));
    expect(await database.value('SELECT count(*)::int FROM import_rows')).toBe(0);

    const bytes = await measured('exported', () => download('json'));
    expect(bytes).toBeGreaterThan(ROWS * 100);
    expect(await measured('exported as CSV', () => download('csv'))).toBeGreaterThan(ROWS * 50);
    const growth = Object.values(figures).map(({ growthMiB }) => growthMiB);
    expect(Math.max(...growth)).toBeLessThanOrEqual(LIMIT_MIB);
  });

  /** An application with licences of as many devices as can be, as long as they can be. */
  async function fatApp(): Promise<TestApp> {
    const fat = await anApp(app.seller);
    await fat.licenses({ count: FAT_ROWS });
    await database.pool.query(
      `INSERT INTO license_devices (id, license_id, hwid)
       SELECT gen_random_uuid(), l.id, lpad(n::text, 256, '🔑')
         FROM licenses l, generate_series(1, 1000) n WHERE l.app_id = $1`,
      [fat.id],
    );
    return fat;
  }

  test('F-09 licences of a thousand devices each are exported in as little', async () => {
    const fat = await fatApp();
    const bytes = await measured('a thousand devices each', () => download('json', fat));
    expect(bytes).toBeGreaterThan(FAT_ROWS * 1_000 * 1_000);
    expect(figures['a thousand devices each']!.growthMiB).toBeLessThanOrEqual(LIMIT_MIB);
  });
});
