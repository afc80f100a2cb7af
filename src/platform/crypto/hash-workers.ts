import { Worker } from 'node:worker_threads';

/** What a worker is asked: hash (with a cost) or compare (with a hash). */
type Job = { readonly text: string } & ({ readonly cost: number } | { readonly hash: string });
type Answer = { readonly result: string | boolean } | { readonly error: string };

/**
 * Runs in each worker. On Linux a thread's priority is its own: hashing yields to the thread that
 * answers requests, so a login flood does not delay heartbeats. Elsewhere it would be the whole
 * process's, so it is left alone.
 */
const SCRIPT = `
  const { parentPort, workerData } = require('node:worker_threads');
  const bcrypt = require(workerData.bcrypt);
  if (process.platform === 'linux') {
    try { require('node:os').setPriority(0, 19); } catch {}
  }
  parentPort.on('message', ({ text, cost, hash }) => {
    try {
      const result = hash === undefined ? bcrypt.hashSync(text, cost) : bcrypt.compareSync(text, hash);
      parentPort.postMessage({ result });
    } catch (error) {
      parentPort.postMessage({ error: String(error) });
    }
  });
`;

/** Worker threads for bcrypt, each doing one job at a time; started when first needed. */
export class HashWorkers {
  private readonly idle: Worker[] = [];

  /** The bcrypt hash of `text`. The caller bounds how many run at once. */
  hash(text: string, cost: number): Promise<string> {
    return this.run({ text, cost }) as Promise<string>;
  }

  compare(text: string, hash: string): Promise<boolean> {
    return this.run({ text, hash }) as Promise<boolean>;
  }

  private run(job: Job): Promise<string | boolean> {
    const worker = this.idle.pop() ?? start();
    return new Promise((resolve, reject) => {
      // Listeners are taken off one by one: removing all would also remove the worker's own.
      const settle = () => {
        worker.off('message', onMessage).off('error', onFailure).off('exit', onExit);
        worker.unref();
      };
      const onMessage = (answer: Answer) => {
        settle();
        this.idle.push(worker);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.result);
      };
      const onFailure = (error: Error) => {
        settle();
        reject(error);
      };
      const onExit = () => onFailure(new Error('a hash worker ended'));
      worker.ref();
      worker.on('message', onMessage).on('error', onFailure).on('exit', onExit);
      worker.postMessage(job);
    });
  }
}

function start(): Worker {
  return new Worker(SCRIPT, { eval: true, workerData: { bcrypt: require.resolve('bcrypt') } });
}
