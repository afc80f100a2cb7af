import * as bcrypt from 'bcrypt';
import { availableParallelism } from 'node:os';

/** Prints how many bcrypt comparisons a second this machine does, with one slot a core. */
async function main(cost: number, seconds: number): Promise<void> {
  const hash = await bcrypt.hash('password', cost);
  const end = performance.now() + seconds * 1_000;
  let done = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      while (performance.now() < end) {
        await bcrypt.compare('password', hash);
        done++;
      }
    }),
  );
  console.log(done / ((performance.now() - started) / 1_000));
}

void main(Number(process.argv[2]), Number(process.argv[3]));
