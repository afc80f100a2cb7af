import { Injectable } from '@nestjs/common';

/** Whether this process is on its way out. */
@Injectable()
export class Lifecycle {
  private draining = false;

  /** From now on readiness says no, so that a balancer sends nothing new. */
  drain(): void {
    this.draining = true;
  }

  isDraining(): boolean {
    return this.draining;
  }
}
