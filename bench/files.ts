import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { row, Row } from './report';
import { median, Stage, start } from './stage';

const MEBIBYTES = 256;
const PAIRS = 5;
const RAW_SECONDS = 2;

/** MiB a second of one download; the bytes are read and dropped. */
function download(port: number, path = '/', headers: Record<string, string> = {}): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', reject);
      response.on('end', () => {
        const mebibytes = bytes / 1_048_576;
        if (mebibytes !== MEBIBYTES) reject(new Error(`${response.statusCode}: ${bytes} bytes`));
        else resolve(mebibytes / ((performance.now() - started) / 1_000));
      });
    }).on('error', reject);
  });
}

/** How fast files come out, beside plain static serving and the bare cipher. */
export async function files(stage: Stage, sessionToken: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-files-'));
  const path = join(folder, 'large.bin');
  writeFileSync(path, Buffer.alloc(MEBIBYTES * 1_048_576, 'not all zeros '));
  const { match, stop } = await start('static-server.js', [path], /^(\d+)$/);
  try {
    const uploaded = performance.now();
    const fileId = await stage.upload(createReadStream(path));
    const inPerSecond = MEBIBYTES / ((performance.now() - uploaded) / 1_000);
    const plain = () => download(Number(match[1]));
    const ours = () =>
      download(stage.port, `/v1/files/download/${fileId}`, { 'x-session-token': sessionToken });
    await plain();
    await ours();
    const pairs: { ours: number; plain: number; raw: number }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const raw = await start('aes-rate.js', [String(RAW_SECONDS)], /^([\d.]+)$/);
      await raw.stop();
      pairs.push({ plain: await plain(), ours: await ours(), raw: Number(raw.match[1]) });
    }
    const middle = (pick: (pair: (typeof pairs)[number]) => number) => median(pairs.map(pick));
    const oursPerSecond = middle((pair) => pair.ours);
    return [
      row(
        'files',
        'download ÷ plain static serving',
        middle((pair) => pair.ours / pair.plain),
        0.7,
        'least',
        {
          oursMiBPerSecond: oursPerSecond,
          plainMiBPerSecond: middle((pair) => pair.plain),
          uploadMiBPerSecond: inPerSecond,
        },
      ),
      row(
        'files',
        'download ÷ raw AES-256-GCM',
        middle((pair) => pair.ours / pair.raw),
        0,
        'least',
        { rawMiBPerSecond: middle((pair) => pair.raw) },
      ),
    ];
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
