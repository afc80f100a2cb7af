export { BackgroundJobs, JobLocks } from './background-jobs';
export type { BackgroundJob } from './background-jobs';
export { BackgroundModule } from './background.module';
