import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the operating system tells about one running process. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number | undefined;
  /** Tells two processes that had the same pid apart; undefined where it cannot be learned. */
  readonly startedAt: string | undefined;
  /** Arguments joined by blanks. Empty where it cannot be learned. */
  readonly commandLine: string;
}

/** Looks a process up; undefined when there is none. A zombie has ended: it counts as none. */
export function inspectProcess(pid: number): ProcessInfo | undefined {
  if (!Number.isInteger(pid) || pid <= 0 || !answersSignals(pid)) return undefined;
  if (process.platform === 'win32') return inspectOnWindows(pid);
  return existsSync('/proc/self/stat') ? inspectInProc(pid) : inspectWithPs(pid);
}

/** Waits until the process is gone; false when it is still there after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (inspectProcess(pid) !== undefined) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inspectInProc(pid: number): ProcessInfo | undefined {
  let stat: string;
  let commandLine: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // Ended since, or /proc is mounted with hidepid and the process belongs to someone else.
    return answersSignals(pid) ? unknown(pid) : undefined;
  }
  // The second field is the program's name in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), startedAt: `${bootId()}-${fields[19] ?? ''}`, commandLine };
}

/** The start time in /proc counts from the boot, so it says nothing without the boot it counts from. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Exported for its test only: on Linux /proc answers first. */
export function inspectWithPs(pid: number): ProcessInfo | undefined {
  const columns = ['stat=', 'ppid=', 'lstart=', 'command='].flatMap((name) => ['-o', name]);
  const ps = spawnSync('/bin/ps', [...columns, '-p', String(pid)], {
    encoding: 'utf8',
    // lstart is printed in local time: two servers must print the same.
    env: { LC_ALL: 'C', TZ: 'UTC0' },
  });
  if (ps.error) return unknown(pid);
  const line = /^\s*(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+[\d:]+\s+\d{4})\s+(.*)$/m.exec(ps.stdout);
  const [, state = 'Z', parent, startedAt, commandLine] = line ?? [];
  if (state.startsWith('Z')) return undefined;
  return {
    pid,
    parent: Number(parent),
    startedAt: startedAt?.replaceAll(/\W+/g, '-'),
    commandLine: commandLine ?? '',
  };
}

function inspectOnWindows(pid: number): ProcessInfo {
  const query =
    `Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}' | ForEach-Object ` +
    `{ '{0} {1} {2}' -f $_.ParentProcessId, $_.CreationDate.ToFileTimeUtc(), $_.CommandLine }`;
  const shell = spawnSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query], {
    encoding: 'utf8',
    windowsHide: true,
  });
  const line = /^(\d+) (\d+) (.*)$/m.exec(shell.stdout ?? '');
  if (!line) return unknown(pid);
  return { pid, parent: Number(line[1]), startedAt: line[2], commandLine: line[3]?.trim() ?? '' };
}

function unknown(pid: number): ProcessInfo {
  return { pid, parent: undefined, startedAt: undefined, commandLine: '' };
}
