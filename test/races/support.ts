import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aSeller, anApp, TestApp } from '../factories';
import type { Answer } from '../support/http';
import { freshDatabase, TestDatabase } from '../support/database';
import { hangUp } from './lean-http';
import { PROJECT_ROOT, SpawnedServer, spawnServer } from '../support/server';

/** Bounds every race; machines differ, and so do factors. */
jest.setTimeout(600_000);

const FACTOR = Number(process.env['RACE_TRIALS_FACTOR'] ?? '1');

/** How often to try: `usual` on every change, more or fewer with `RACE_TRIALS_FACTOR`. */
export function trials(usual: number): number {
  return Math.max(1, Math.round(usual * FACTOR));
}

/** How often a twin tries: in a small run twice, and more only after a miss. */
export function twinTrials(usual: number): number {
  return FACTOR < 0.2 ? Math.min(usual, 2) : usual;
}

/** Two server processes on one database. */
export interface Arena {
  readonly database: TestDatabase;
  readonly servers: readonly SpawnedServer[];
  readonly urls: readonly [string, string];
  /** Stops the servers and keeps the database, to look at what they left behind. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface ArenaOptions {
  /** File of guards-off/: the guard that the servers run without. */
  readonly without?: string;
  /** File of instruments/: makes what happens rarely happen often; takes no guard away. */
  readonly instrument?: string;
  /** Settings of both processes. */
  readonly env?: Record<string, string>;
  /** A connection string for the second process, if it is not to be the first one's. */
  readonly otherDatabaseUrl?: (url: string) => Promise<string>;
}

export async function openArena({
  without,
  instrument,
  env,
  otherDatabaseUrl,
}: ArenaOptions = {}): Promise<Arena> {
  const database = await freshDatabase();
  const file = without ? `guards-off/${without}` : instrument && `instruments/${instrument}`;
  const preload = file && join(__dirname, `${file}.cjs`);
  const urls = [database.url, (await otherDatabaseUrl?.(database.url)) ?? database.url];
  const servers = await Promise.all(urls.map((url) => spawnServer(url, { env, preload })));
  const stop = async () => {
    hangUp();
    await Promise.all(servers.map((server) => server.stop()));
  };
  return {
    database,
    servers,
    urls: [servers[0]!.url, servers[1]!.url],
    stop,
    close: async () => {
      await stop();
      await database.close();
    },
  };
}

/** Runs `use` with an arena that is closed afterwards, whatever happens. */
export async function withArena<T>(
  options: ArenaOptions,
  use: (arena: Arena) => Promise<T>,
): Promise<T> {
  const arena = await openArena(options);
  try {
    return await use(arena);
  } finally {
    await arena.close();
  }
}

/** A tenant of a batch's own; asks the first process unless told otherwise. */
export async function freshApp(arena: Arena, settings: object = {}): Promise<TestApp> {
  return anApp(await aSeller(arena.urls[0]), settings);
}

/** Fires `count` requests at the same moment, alternately at the two processes. */
export function volley<T>(
  urls: readonly string[],
  count: number,
  shot: (url: string, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => shot(urls[index % urls.length]!, index)),
  );
}

/** More licences than one request makes. */
export async function manyLicenses(app: TestApp, count: number, terms: object = {}) {
  const made: Awaited<ReturnType<TestApp['licenses']>> = [];
  while (made.length < count) {
    made.push(...(await app.licenses({ ...terms, count: Math.min(100, count - made.length) })));
  }
  return made;
}

/** What a trial broke, in words; none is what the guard promises. */
export type Violations = readonly string[];

/** `problem` when `broken`. */
export function unless(held: boolean, problem: string): string[] {
  return held ? [] : [problem];
}

/** Every answer but those `allowed` (`200`, `409 USERNAME_TAKEN`), and how often each came. */
export function unexpected(answers: readonly Answer[], allowed: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    const spelled = spell(answer);
    if (!allowed.includes(spelled)) counts.set(spelled, (counts.get(spelled) ?? 0) + 1);
  }
  return [...counts].map(([spelled, count]) => `${count} × answer ${spelled}`);
}

/** An answer in short: its status, and its code when it is a refusal. */
export function spell({ status, body }: Answer): string {
  if (status < 300) return String(status);
  return `${status} ${String(body?.code ?? body?.error?.code ?? '')}`.trim();
}

export function granted(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ status }) => status < 300);
}

/** The guard held in every trial. */
export function expectHeld(goal: string, outcomes: readonly Violations[]): void {
  keepFigures(goal, 'guard on', outcomes);
  const broken = outcomes.flatMap((found, trial) => found.map((what) => `trial ${trial}: ${what}`));
  expect(broken.slice(0, 10)).toEqual([]);
}

/** The twin: without its guard, at least nine trials in ten are violated. */
export function expectBroken(goal: string, outcomes: readonly Violations[]): void {
  keepFigures(goal, 'guard off', outcomes);
  expect(outcomes.length).toBeGreaterThan(0);
  expect(violatedShare(outcomes)).toBeGreaterThanOrEqual(NINE_IN_TEN);
}

/**
 * The twin of a race that makes as many trials as it is told. One miss among a few cannot tell nine in ten from fewer:
 * after a miss it goes on to TELLING trials, and all of them count.
 */
export async function expectRaceBroken(
  goal: string,
  count: number,
  race: (count: number) => Promise<readonly Violations[]>,
): Promise<void> {
  const outcomes = [...(await race(count))];
  if (violatedShare(outcomes) < NINE_IN_TEN) {
    while (outcomes.length < TELLING) outcomes.push(...(await race(count)));
  }
  expectBroken(goal, outcomes);
}

const NINE_IN_TEN = 0.9;
const TELLING = 20;

function violatedShare(outcomes: readonly Violations[]): number {
  return outcomes.filter((found) => found.length > 0).length / outcomes.length;
}

/** Leaves counts behind in test-results/races. */
function keepFigures(goal: string, guard: string, outcomes: readonly Violations[]): void {
  const violated = outcomes.filter((found) => found.length > 0);
  const folder = join(PROJECT_ROOT, 'test-results/races');
  mkdirSync(folder, { recursive: true });
  const figures = {
    goal,
    guard,
    trials: outcomes.length,
    violated: violated.length,
    factor: FACTOR,
    first: violated[0] ?? [],
  };
  const name = `${goal} ${guard}`.replace(/[^\w-]+/g, '-');
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(figures, null, 2)}\n`);
}
