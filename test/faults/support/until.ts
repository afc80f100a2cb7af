import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PROJECT_ROOT } from '../../support/server';

/** Polls a condition until it holds; answers how many milliseconds that took. A throw counts as «not yet». */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<number> {
  const start = performance.now();
  let last: unknown;
  while (performance.now() - start < timeoutMs) {
    try {
      if (await condition()) return performance.now() - start;
    } catch (error) {
      last = error;
    }
    await pause(10);
  }
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause: last });
}

/** Whether `path` answers 200; false for any other status and for no answer at all. */
export async function answersOk(url: string, path: string): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  return fetch(url + path, { signal }).then(
    async (response) => (await response.arrayBuffer(), response.status === 200),
    () => false,
  );
}

/** Calls `action` at a fixed rate, not waiting for its end, until `done`; bounded by `longestMs`. */
export async function pace(
  perSecond: number,
  longestMs: number,
  done: () => boolean,
  action: () => void,
): Promise<void> {
  const start = performance.now();
  for (let made = 0; !done() && performance.now() - start < longestMs;) {
    const due = Math.floor(((performance.now() - start) * perSecond) / 1_000);
    for (; made < due; made++) action();
    await pause(5);
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** A seeded source of numbers in [0, 1) (mulberry32): the seed is in the figures. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Leaves the figures of a run in test-results/, beside the summary. */
export function report(id: string, figures: object): void {
  const directory = join(PROJECT_ROOT, 'test-results');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${id}.json`), `${JSON.stringify({ id, ...figures }, null, 2)}\n`);
}

/** Path of a module that switches one guard off. */
export function guardOff(name: string): string {
  return join(__dirname, '../guards-off', `${name}.cjs`);
}
