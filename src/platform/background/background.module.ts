import { Global, Module } from '@nestjs/common';
import { BackgroundJobs, JobLocks } from './background-jobs';

@Global()
@Module({ providers: [BackgroundJobs, JobLocks], exports: [BackgroundJobs, JobLocks] })
export class BackgroundModule {}
