/** One command of the command line. */
export interface Command {
  readonly name: string;
  readonly help: string;
  /** @throws CommandError with what to print; anything else is a defect and prints its stack */
  run(args: readonly string[]): Promise<void>;
}

/** Says what was wrong; the process exits with 1. */
export class CommandError extends Error {}
