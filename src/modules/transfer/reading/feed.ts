import type { Transform } from 'node:stream';
import { BrokenFile } from './file';

/**
 * Drives a parser by hand: each chunk goes in, and what it yields is handed out before the next. Its
 * objects never pass through the stream machinery, whose cost for each of millions is most of the work.
 */
export class Feed<T> {
  private readonly out: T[] = [];

  constructor(private readonly parser: Transform) {
    // What went wrong comes with the callback of the write; unheard, the event would be a crash.
    parser.on('error', () => undefined);
    parser.push = (item: T | null) => {
      if (item !== null) this.out.push(item);
      return true;
    };
  }

  /** What the parser yields for a text. @throws BrokenFile when it cannot make sense of it */
  write(text: string): Promise<T[]> {
    return this.told((done) => this.parser.write(text, done));
  }

  /** What it yields at the end of the file. */
  end(): Promise<T[]> {
    return this.told((done) => {
      this.parser.once('error', done).once('finish', () => done());
      this.parser.end();
    });
  }

  private async told(act: (done: (error?: Error | null) => void) => void): Promise<T[]> {
    try {
      await new Promise<void>((resolve, reject) =>
        act((error) => (error ? reject(error) : resolve())),
      );
    } catch (error) {
      const found = this.out.splice(0);
      throw new BrokenFile(`cannot be read on: ${(error as Error).message}`, found);
    }
    return this.out.splice(0);
  }
}
