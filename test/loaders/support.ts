import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KINDS, Language } from '../../src/modules/builder/domain/languages';
import { configText, LoaderConfig } from '../../src/modules/builder/domain/loader-config';
import { patched } from '../../src/modules/builder/domain/region';
import { filledIn } from '../../src/modules/builder/domain/script';
import type { TestApp } from '../factories';
import { PROJECT_ROOT } from '../support/server';
import { findTool } from '../support/tools';

/** What runs the loaders of a language, before the name of the file; the system itself where there is none. */
export const RUNNERS: Readonly<Record<Language, readonly string[]>> = {
  'cpp-linux': [],
  cpp: ['wine'],
  python: ['python3'],
  javascript: ['node'],
  powershell: ['pwsh', '-NoProfile', '-NonInteractive', '-File'],
};

/** How the loaders of a language take their options. */
const OPTIONS: Partial<Record<Language, Readonly<Record<string, string>>>> = {
  powershell: { '--folder': '-Folder', '--about': '-About', '--nonsense': '-Nonsense' },
};

/** What runs a loader with options. */
function wordsFor(language: Language, path: string, options: readonly string[]): string[] {
  const own = options.map((option) => OPTIONS[language]?.[option] ?? option);
  return [...RUNNERS[language], path, ...own];
}

/** How a program ended. */
export interface Ending {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder with loaders in it, and a Windows of its own where one is needed. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'latchkey-loaders-'));
  private counter = 0;

  /** A loader as the server builds it. */
  async build(app: TestApp, language: Language, order: object = {}): Promise<string> {
    const { url, accessToken } = app.seller;
    const usual = { appId: app.id, language, authType: 'both', title: 'Test Loader', apiUrl: url };
    const answer = await fetch(`${url}/v1/builder/build`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ ...usual, ...order }),
    });
    if (answer.status !== 200) throw new Error(await answer.text());
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition')!)![1]!;
    return this.put(name, Buffer.from(await answer.arrayBuffer()));
  }

  /** A loader with any configuration, signed by nobody. */
  make(language: Language, config: Partial<LoaderConfig>): string {
    const text = configText({
      ...{ appId: 'app', apiKey: 'key', apiUrl: 'http://127.0.0.1:9', title: 'By hand' },
      authType: 'license',
      ...config,
    });
    const { template, form } = KINDS[language];
    const bytes = readFileSync(join(PROJECT_ROOT, 'loader/templates', template));
    if (form === 'script')
      return this.put(template, Buffer.from(filledIn(bytes.toString(), text, '-')));
    const body = Buffer.from(text);
    const digest = createHash('sha256').update(body).digest();
    return this.put(template, patched(bytes, { body, digest, signature: Buffer.alloc(64) }));
  }

  put(name: string, bytes: Buffer): string {
    const path = join(this.newFolder(), name);
    writeFileSync(path, bytes);
    chmodSync(path, 0o755);
    return path;
  }

  newFolder(): string {
    return mkdtempSync(join(this.folder, `${this.counter++}-`));
  }

  /** Runs a loader, with lines to answer its questions. */
  run(language: Language, path: string, lines: readonly string[], ...options: string[]) {
    return this.start(wordsFor(language, path, options), lines);
  }

  /** The same where no file may grow beyond so many KiB. */
  runCramped(
    kib: number,
    language: Language,
    path: string,
    lines: readonly string[],
    ...options: string[]
  ) {
    // Wine and its services are no loaders: for them the signal is ignored, as the loaders ignore it.
    const calm = language === 'cpp' ? "trap '' XFSZ;" : '';
    const limited = ['bash', '-c', `${calm} ulimit -f ${kib}; exec "$@"`, 'bash'];
    return this.start([...limited, ...wordsFor(language, path, options)], lines);
  }

  private start(words: readonly string[], lines: readonly string[]): Promise<Ending> {
    // Into files: services that Wine leaves running would keep a pipe open.
    const files = ['out', 'err'].map((name) => join(this.newFolder(), name));
    const [out, err] = files.map((file) => openSync(file, 'w')) as [number, number];
    const environment = { cwd: this.folder, env: this.environment() };
    const child = spawn(words[0]!, words.slice(1), { ...environment, stdio: ['pipe', out, err] });
    // One that ended without reading everything is no fault.
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(lines.map((line) => `${line}\n`).join(''));
    return new Promise<Ending>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status) => {
        [out, err].forEach((file) => closeSync(file));
        const [said, complained] = files.map((file) => readFileSync(file, 'utf8'));
        resolve({ status, out: said!, err: complained! });
      });
    });
  }

  /** Makes the Windows that later runs share; takes some seconds. */
  async startWine(): Promise<void> {
    const options = { env: this.environment(), stdio: 'ignore' } as const;
    await once(spawn('wine', ['wineboot', '--init'], options), 'exit');
    // While a program waits for its input, Windows need not be started again for each loader.
    spawn('wine', ['cmd'], { ...options, stdio: ['pipe', 'ignore', 'ignore'] });
  }

  async close(): Promise<void> {
    if (findTool('wineserver')) {
      const options = { env: this.environment() };
      await promisify(execFile)('wineserver', ['-k'], options).catch(() => undefined);
      await promisify(execFile)('wineserver', ['-w'], options).catch(() => undefined);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private environment(): Record<string, string> {
    return {
      PATH: process.env['PATH']!,
      HOME: this.folder,
      LANG: 'C.UTF-8',
      WINEPREFIX: join(this.folder, 'windows'),
      WINEDEBUG: '-all',
      // As on Windows, a winhttp.dll in the folder of a program goes before the system's.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;winhttp=n,b',
    };
  }
}

/** The id of this machine by the recipe of the documents. */
export function linuxHwid(): string {
  const [id] = ['/etc/machine-id', '/var/lib/dbus/machine-id'].flatMap((path) => {
    try {
      return readFileSync(path, 'utf8').trim() || [];
    } catch {
      return [];
    }
  });
  return createHash('md5')
    .update(id ?? hostname())
    .digest('hex');
}

/** What a server of lies says: how it offers a file, each time it is asked, and how it sends it. */
export interface Lie {
  readonly offer: object;
  /** What is offered from the second time on, where it is something else. */
  readonly offerLater?: object;
  readonly send?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface Liar {
  readonly url: string;
  close(): void;
}

/** A server that lets everybody in and lies about a file. */
export async function startLiar({ offer, offerLater = offer, send }: Lie): Promise<Liar> {
  let offers = 0;
  const answers: Readonly<Record<string, object>> = {
    init: { name: 'App\u001b[2J', version: '1' },
    license: { sessionToken: 'sess_x', expiresAt: null },
    check: {},
  };
  const link = { downloadUrl: '/v1/files/download/x' };
  const offered = () => ({ ...link, ...(offers++ === 0 ? offer : offerLater) });
  const server = createServer((request, response) => {
    if (request.method === 'GET') return send?.(request, response);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { type } = JSON.parse(body) as { type: string };
      response.setHeader('content-type', 'application/json');
      const data = type === 'file' ? offered() : answers[type];
      response.end(JSON.stringify({ success: true, message: `${type} done`, data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
