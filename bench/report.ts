import { mkdirSync, writeFileSync } from 'node:fs';

export interface Row {
  readonly id: string;
  readonly what: string;
  readonly measured: number;
  readonly goal: string;
  readonly met: boolean;
  readonly detail: string;
}

/** One line of the report; a goal of 0 is none. */
export function row(
  id: string,
  what: string,
  measured: number,
  goal: number,
  bound: 'least' | 'most',
  figures: Record<string, number>,
): Row {
  const detail = Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(1)}`)
    .join(', ');
  if (goal === 0) return { id, what, measured, goal: 'none', met: true, detail };
  const met = bound === 'least' ? measured >= goal : measured <= goal;
  return { id, what, measured, goal: `${bound === 'least' ? '≥' : '≤'} ${goal}`, met, detail };
}

/** Prints the lines and keeps them in bench-results/. */
export function report(name: string, rows: readonly Row[]): void {
  for (const { id, what, measured, goal, met, detail } of rows) {
    const verdict = met ? 'met' : 'NOT MET';
    console.log(
      `${id.padEnd(7)} ${what}: ${measured.toFixed(2)} (goal ${goal}, ${verdict}) ${detail}`,
    );
  }
  mkdirSync('bench-results', { recursive: true });
  writeFileSync(`bench-results/${name}.json`, `${JSON.stringify(rows, null, 2)}\n`);
}
