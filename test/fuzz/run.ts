import fc from 'fast-check';

/** How much of a goal runs, and from where: equal seeds draw equal data. */
export interface FuzzRun {
  readonly goal: string;
  readonly seed: number;
  readonly volume: number;
}

/**
 * Volume of tier P. `FUZZ_FACTOR=10` runs tier F, `FUZZ_SEED` other data than every day's; a failure
 * prints the seed it needs.
 */
export function fuzzRun(goal: string, volume: number): FuzzRun {
  const seed = Number(process.env['FUZZ_SEED'] ?? 20_251_122);
  return { goal, seed, volume: volume * Number(process.env['FUZZ_FACTOR'] ?? 1) };
}

/** In a small run the sweeps through the whole document take every sixth of its parts. */
export const PORTION = Number(process.env['FUZZ_FACTOR'] ?? 1) < 0.1 ? 6 : 1;

/** Which sixth: another one every day, or the one of `FUZZ_PART`. */
const PART = Number(process.env['FUZZ_PART'] ?? Math.floor(Date.now() / 86_400_000)) % PORTION;

/** What a sweep takes of the document: all, or in a small run every sixth. */
export function portion<T>(items: readonly T[]): T[] {
  return items.filter((_, index) => index % PORTION === PART);
}

/** What a sweep must have sent at least, of so many in a whole run: the sixths are not alike. */
export function atLeast(whole: number): number {
  return PORTION === 1 ? whole : (0.6 * whole) / PORTION;
}

/** Milliseconds a run may take: bounded, and far above what it needs on a quiet machine. */
export function timeLimit({ volume }: FuzzRun): number {
  return 300_000 + 60 * volume;
}

/** `count` values, other ones for every `name`. */
export function draw<T>(
  { seed }: FuzzRun,
  name: string,
  arbitrary: fc.Arbitrary<T>,
  count: number,
): T[] {
  if (count < 1) return [];
  const own = [...name].reduce((sum, char) => (sum * 31 + char.codePointAt(0)!) | 0, seed | 0);
  return fc.sample(arbitrary, { seed: own, numRuns: count });
}

const SHOWN = 20;
const DETAIL_MAX = 500;

/** What a run sent and what was wrong with the answers: kinds of flaws, each with an example. */
export class Tally {
  sent = 0;
  granted = 0;
  private readonly flaws = new Map<string, { count: number; example: string }>();

  found(flaw: string, example = ''): void {
    const known = this.flaws.get(flaw);
    if (known) known.count++;
    else this.flaws.set(flaw, { count: 1, example: example.slice(0, DETAIL_MAX) });
  }

  /** Every kind of flaw there was. */
  get kinds(): string[] {
    return [...this.flaws.keys()];
  }

  /** To be compared with `clean`: how to repeat the run, and what it found. */
  outcome({ goal, seed, volume }: FuzzRun) {
    const findings = [...this.flaws].map(
      ([flaw, { count, example }]) => `${flaw} (${count}x), as in ${example}`,
    );
    const repeat = `${goal}: FUZZ_SEED=${seed}, volume ${volume}`;
    return {
      repeat,
      enough: this.sent >= volume,
      kinds: findings.length,
      findings: findings.slice(0, SHOWN),
    };
  }
}

/** The outcome of a run of full volume without findings. */
export function clean({ goal, seed, volume }: FuzzRun) {
  return {
    repeat: `${goal}: FUZZ_SEED=${seed}, volume ${volume}`,
    enough: true,
    kinds: 0,
    findings: [],
  };
}

const LANES = 4;

/** Works on all items, a few at a time: the database's answers overlap. */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** `volume` shared out: `plain` items get `few` each, the others what is left in equal parts. */
export function shares<T>(
  items: readonly T[],
  volume: number,
  isRich: (item: T) => boolean,
  few = 5,
): Map<T, number> {
  const rich = items.filter(isRich);
  const rest = volume - few * (items.length - rich.length);
  const each = Math.max(few, Math.ceil(rest / rich.length));
  return new Map(items.map((item) => [item, isRich(item) ? each : few]));
}
