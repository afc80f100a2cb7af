import type { Verb } from './wire';
import type { World } from './world';

/** One row of the table: what must hold for every client, whatever wire it speaks. */
export interface Story {
  readonly name: string;
  /** Verbs a wire must have for this story to be told on it. */
  readonly needs: readonly Verb[];
  /** Settings of the application in which it happens. */
  readonly settings?: object;
  readonly tell: (world: World) => Promise<void>;
}

const SECOND_MS = 1_000;
export const HOUR_MS = 3_600 * SECOND_MS;
export const DAY_MS = 24 * HOUR_MS;
