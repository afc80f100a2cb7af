import 'reflect-metadata';
import { runWorker } from './bootstrap/run';

runWorker().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
