import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findBinaries, type Binaries } from '../../../src/platform/database/embedded/binaries';
import { prepareCluster } from '../../../src/platform/database/embedded/cluster';
import { chooseRunAs, type RunAs } from '../../../src/platform/database/embedded/run-as';
import { childrenOf, killNow } from './processes';
import { until } from './until';

/** How a database goes away: every process of it killed at once, or as `pg_ctl stop -m …` does it. */
export type Outage = 'kill -9' | 'fast' | 'immediate';

/**
 * A PostgreSQL cluster of a test's own on a local port, to be stopped and started at will. A commit
 * survives the death of the processes; only the disk is not waited for, since no power is cut here.
 */
export class OwnPostgres {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly cluster: string,
    private readonly binaries: Binaries,
    private readonly who: RunAs,
    private readonly port: number,
  ) {}

  get url(): string {
    return `postgres://app@127.0.0.1:${this.port}/postgres`;
  }

  static async create(): Promise<OwnPostgres> {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-outage-'));
    chmodSync(directory, 0o755);
    const who = chooseRunAs(join(directory, 'postgres'));
    const log = () => undefined;
    const binaries = findBinaries(who, directory, log);
    const initFlags = ['--auth=trust', '--no-sync'];
    const made = await prepareCluster({ dataDir: directory, binaries, who, initFlags, log });
    return new OwnPostgres(directory, made.directory, binaries, who, await freePort());
  }

  /** Starts the cluster; resolves when it accepts connections. */
  async start(): Promise<void> {
    const output = openSync(join(this.directory, 'log'), 'a');
    const settings = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'fsync=off'].concat(
      'unix_socket_directories=',
    );
    this.child = spawn(
      this.binaries.path('postgres'),
      ['-D', this.cluster, ...settings.flatMap((one) => ['-c', one])],
      { ...this.who, cwd: '/', env: { LC_ALL: 'C' }, stdio: ['ignore', output, output] },
    );
    closeSync(output);
    await until('the database to accept', () => this.accepts(), 20_000);
  }

  async stop(how: Outage): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (how === 'kill -9') for (const pid of [child.pid!, ...childrenOf(child.pid!)]) killNow(pid);
    else {
      const flags = ['stop', '-D', this.cluster, '-m', how, '--no-wait'];
      spawnSync(this.binaries.path('pg_ctl'), flags, { ...this.who, cwd: '/' });
    }
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('immediate');
    rmSync(this.directory, { recursive: true, force: true });
  }

  async rows<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(sql, values)).rows as T[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async accepts(): Promise<boolean> {
    return (await this.rows('SELECT 1')).length === 1;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
