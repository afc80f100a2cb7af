import { Module } from '@nestjs/common';
import { PlanLimits } from './plan-limits';
import { PlansRepository } from './plans.repository';

@Module({ providers: [PlanLimits, PlansRepository], exports: [PlanLimits] })
export class PlansModule {}
