/** Thrown when both the slots and the waiting line are full. */
export class SlotsBusyError extends Error {
  constructor() {
    super('all slots are taken and the waiting line is full');
    this.name = 'SlotsBusyError';
  }
}

/** Runs at most `slots` tasks at once; at most `maxWaiting` more wait their turn, in order. */
export class Slots {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly slots: number,
    private readonly maxWaiting: number,
  ) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.slots) {
      if (this.waiting.length >= this.maxWaiting) throw new SlotsBusyError();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await task();
    } finally {
      // The slot is handed to the next in line, or given back.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
