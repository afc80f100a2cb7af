import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { copyFile, truncate } from 'node:fs/promises';

const MAX_BYTES = 10 * 1024 * 1024;

/** PostgreSQL's own log file. It is written by the server itself, so it survives a crash of ours. */
export class ServerLog {
  constructor(readonly path: string) {}

  get size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Opens the file for a server that is about to start; the caller closes it. */
  open(): number {
    if (this.size > MAX_BYTES) renameSync(this.path, this.previous);
    return openSync(this.path, 'a', 0o600);
  }

  /** Keeps the file small under a running server, whose handle appends: cutting it is safe, renaming would not be. */
  async bound(): Promise<void> {
    if (this.size <= MAX_BYTES) return;
    await copyFile(this.path, this.previous);
    await truncate(this.path);
  }

  /** The last lines written after `offset`. */
  tail(offset: number): string {
    const from = Math.max(offset, this.size - 4096);
    const buffer = Buffer.alloc(4096);
    const file = openSync(this.path, 'r');
    try {
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, 4096, from)).trim();
    } finally {
      closeSync(file);
    }
  }

  private get previous(): string {
    return `${this.path}.1`;
  }
}
