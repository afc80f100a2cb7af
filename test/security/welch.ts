/**
 * Welch's t of two samples of times: how surely their means differ. Beyond 4.5 they do. The
 * slowest tenth of all is cut first: there the machine speaks, not the code.
 */
export function welchT(a: readonly number[], b: readonly number[]): number {
  const cut = [...a, ...b].sort((x, y) => x - y)[Math.floor(0.9 * (a.length + b.length))]!;
  const [one, two] = [a, b].map((sample) => moments(sample.filter((time) => time < cut)));
  return (one!.mean - two!.mean) / Math.sqrt(one!.variance / one!.n + two!.variance / two!.n);
}

function moments(sample: readonly number[]): { n: number; mean: number; variance: number } {
  const n = sample.length;
  const mean = sample.reduce((sum, value) => sum + value, 0) / n;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { n, mean, variance };
}
