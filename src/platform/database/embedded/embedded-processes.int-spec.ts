import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  eventually,
  kill,
  read,
  rig,
  socketDirOf,
  start,
  startChild,
  useMadeCluster,
  useRig,
  write,
} from '../../../../test/support/embedded-rig';
import { DataDirInUseError } from '.';
import { inspectProcess, inspectWithPs } from './processes';

jest.setTimeout(60_000);
useRig();

describe('a killed server', () => {
  beforeEach(useMadeCluster);

  it('leaves an orphan, which the next start stops; nothing committed is lost', async () => {
    const killed = await startChild();
    await write(killed.url, 'kept');
    await kill(killed.child);
    expect(inspectProcess(killed.pid)).toBeDefined();

    const log: string[] = [];
    const server = await start([], log);
    expect(inspectProcess(killed.pid)).toBeUndefined();
    expect(log.join()).toContain(`stopping PostgreSQL ${killed.pid}`);
    expect(existsSync(socketDirOf(killed.url))).toBe(false);
    expect(await read(server.url)).toEqual(['kept']);
  });

  it('may take its database down with it; nothing committed is lost', async () => {
    const killed = await startChild();
    await write(killed.url, 'kept');
    await kill(killed.child);
    process.kill(killed.pid, 'SIGKILL');

    const server = await start();
    expect(await read(server.url)).toEqual(['kept']);
    expect(existsSync(socketDirOf(killed.url))).toBe(false);
  });

  it('leaves a pid that may be anyone’s by now, who is not harmed', async () => {
    const killed = await startChild();
    await write(killed.url, 'kept');
    await kill(killed.child);
    process.kill(killed.pid, 'SIGKILL');
    const owner = statSync(join(rig.dataDir, 'postgres'));
    const bystander = spawn('sleep', ['60'], { uid: owner.uid, gid: owner.gid, cwd: '/' });
    rig.children.push(bystander);
    const pidFile = join(rig.dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, `${bystander.pid}`));

    const server = await start();
    expect(await read(server.url)).toEqual(['kept']);
    expect(inspectProcess(bystander.pid!)).toBeDefined();
  });

  it('that exits without stop() asks its database to stop', async () => {
    const { child, pid, url } = await startChild();
    child.send('exit');
    await once(child, 'exit');
    await eventually('PostgreSQL to be gone', () => inspectProcess(pid) === undefined);
    expect(existsSync(socketDirOf(url))).toBe(false);
    await start();
  });

  it('may be interrupted as a group: the database goes on until the application stops it', async () => {
    const running = await startChild({ detached: true });
    process.kill(-running.child.pid!, 'SIGINT');
    await eventually('the application to hear it', () => running.log.includes('interrupted'));
    await write(running.url, 'drained');
    running.child.send('stop');
    await once(running.child, 'exit');
    expect(inspectProcess(running.pid)).toBeUndefined();
  });
});

describe('two servers on one data directory', () => {
  it('refuse each other, in two processes and in one', async () => {
    useMadeCluster();
    const { child, url } = await startChild();
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirInUseError);
    expect(refusal).toMatchObject({ dataDir: rig.dataDir, holderPid: child.pid });
    expect((refusal as Error).message).toContain(
      `${rig.dataDir} is in use by process ${child.pid}`,
    );
    await write(url, 'the first one goes on');
    child.send('stop');
    await once(child, 'exit');

    await start();
    await expect(start()).rejects.toThrow(DataDirInUseError);
  });

  it('refuse each other even when someone deleted the lock', async () => {
    useMadeCluster();
    const { child, url } = await startChild();
    rmSync(join(rig.dataDir, 'latchkey.lock'));
    await expect(start()).rejects.toMatchObject({ holderPid: child.pid });
    await write(url, 'the first one goes on');
  });

  it.each([
    ['of a dead process', () => JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'then' })],
    ['whose pid went to another', () => JSON.stringify({ pid: process.pid, startedAt: 'then' })],
    ['torn by a power cut', () => ''],
  ])('a lock %s is taken over', async (_, content) => {
    useMadeCluster();
    writeFileSync(join(rig.dataDir, 'latchkey.lock'), content());
    await start();
    const lock = JSON.parse(readFileSync(join(rig.dataDir, 'latchkey.lock'), 'utf8'));
    expect(lock.pid).toBe(process.pid);
    expect(readdirSync(rig.dataDir).filter((entry) => entry.startsWith('latchkey.lock.'))).toEqual(
      [],
    );
  });

  it('a taker that was slow to notice steps back from the lock of a faster one', async () => {
    useMadeCluster();
    const lock = join(rig.dataDir, 'latchkey.lock');
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'then' }));
    const faster = spawn('sleep', ['60']);
    rig.children.push(faster);
    const held = JSON.stringify(inspectProcess(faster.pid!));
    const { linkSync } = fs;
    jest.spyOn(fs, 'linkSync').mockImplementation((from, to) => {
      // We have read the dead one's lock and are about to succeed it: the faster one has just done so.
      if (String(to).includes('.after-')) writeFileSync(lock, held);
      linkSync(from, to);
    });
    await expect(start()).rejects.toMatchObject({ holderPid: faster.pid });
    expect(readFileSync(lock, 'utf8')).toBe(held);
  });

  it('never both take over the lock of a dead one', async () => {
    // Each taker dies holding the lock, so all that are left race for a stale one, again and again.
    mkdirSync(rig.dataDir);
    const takers = Array.from({ length: 10 }, () =>
      fork(join(rig.app, 'take-and-die.js'), [rig.dataDir], { execArgv: [], stdio: 'ignore' }),
    );
    rig.children.push(...takers);
    const ends = Promise.all(takers.map((taker) => once(taker, 'exit')));
    await Promise.all(takers.map((taker) => once(taker, 'message')));
    writeFileSync(join(rig.dataDir, 'go'), '');
    expect(await ends).toEqual(takers.map(() => [null, 'SIGKILL']));
    expect(readFileSync(join(rig.dataDir, 'taken'), 'utf8')).toHaveLength(takers.length);
  });
});

describe('processes', () => {
  it('are seen alike through /proc and through ps', () => {
    const ps = inspectWithPs(process.pid);
    expect(ps).toMatchObject({ parent: process.ppid });
    expect(ps?.startedAt).toMatch(/^\w{3}-\w{3}-\d+-\d\d-\d\d-\d\d-\d{4}$/);
    expect(inspectWithPs(2 ** 22 + 1)).toBeUndefined();
    expect(inspectProcess(process.pid)).toMatchObject({ parent: process.ppid });
  });
});
