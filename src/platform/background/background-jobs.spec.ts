import { parseConfig } from '../../config';
import type { Transactions } from '../database';
import { createLogger } from '../logging';
import { BackgroundJob, BackgroundJobs, JobLocks } from './background-jobs';

describe('background jobs', () => {
  /** Names of the jobs that ran by the time the process had started. */
  async function ranAtStart(settings: Record<string, string>): Promise<string[]> {
    const config = parseConfig({ LOG_LEVEL: 'silent', ...settings });
    const logger = createLogger(config, { write: () => undefined });
    const jobs = new BackgroundJobs({} as Transactions, {} as JobLocks, config, logger);
    const ran: string[] = [];
    const job = (name: string, more: Partial<BackgroundJob>): BackgroundJob => ({
      name,
      everySeconds: 3_600,
      outsideTransaction: true,
      run: async () => ran.push(name),
      ...more,
    });
    jobs.add(job('waits for its hour', {}));
    jobs.add(job('is overdue', { atStart: true }));
    jobs.onApplicationBootstrap();
    await jobs.beforeApplicationShutdown();
    return ran;
  }

  test('a job that may be overdue runs when the process starts, another after its time', async () => {
    expect(await ranAtStart({})).toEqual(['is overdue']);
    expect(await ranAtStart({ BACKGROUND_JOBS: 'false' })).toEqual([]);
  });
});
