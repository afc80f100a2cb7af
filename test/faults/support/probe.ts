import { answersOk } from './until';
import { setTimeout as pause } from 'node:timers/promises';

/** Asks one path again and again and remembers when it answered 200 and when not. */
export class Probe {
  readonly seen: { readonly at: number; readonly ok: boolean }[] = [];
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(url: string, path: string) {
    this.loop = this.run(url, path);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  /** Whether an answer of this colour came after `since`. */
  has(ok: boolean, since: number): boolean {
    return this.seen.some((one) => one.at >= since && one.ok === ok);
  }

  reds(): number {
    return this.seen.filter(({ ok }) => !ok).length;
  }

  private async run(url: string, path: string): Promise<void> {
    while (!this.stopped) {
      const ok = await answersOk(url, path);
      this.seen.push({ at: performance.now(), ok });
      await pause(25);
    }
  }
}
