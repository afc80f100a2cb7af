import type { Answer } from '../support/http';
import { spell, unless } from './support';

/** One request of a client that asks again and again. */
export interface Ask {
  readonly startedAt: number;
  readonly answer: Answer;
}

/** A client in a loop at one process. */
export interface Watch {
  readonly url: string;
  readonly asks: Ask[];
  /** Resolves when it was granted often enough to be remembered by the process. */
  readonly warm: Promise<void>;
  readonly ended: Promise<void>;
}

/** The moment (`performance.now()`) at which a change was acknowledged. */
export interface Acknowledged {
  at: number | null;
}

const WARM_AFTER = 3;
const GIVE_UP_MS = 20_000;

/**
 * Asks in a loop until an ask that started more than `beyondMs` after the acknowledgement is
 * answered and `least` asks were made after it. Bounded: gives up after twenty seconds.
 */
export function watch(
  url: string,
  acknowledged: Acknowledged,
  ask: () => Promise<Answer>,
  { beyondMs, least = 1 }: { readonly beyondMs: number; readonly least?: number },
): Watch {
  const asks: Ask[] = [];
  let warmUp: () => void;
  const warm = new Promise<void>((resolve) => (warmUp = resolve));
  const loop = async () => {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    let after = 0;
    for (let granted = 0; performance.now() < giveUpAt;) {
      const startedAt = performance.now();
      const answer = await ask();
      asks.push({ startedAt, answer });
      if (answer.status === 200 && ++granted === WARM_AFTER) warmUp();
      const { at } = acknowledged;
      if (at === null || startedAt <= at) continue;
      after++;
      if (after >= least && startedAt > at + beyondMs) break;
    }
    warmUp();
  };
  return { url, asks, warm, ended: loop() };
}

/** What clients were told after the acknowledgement, against what they may be told. */
export function judge(
  watches: readonly Watch[],
  acknowledged: Acknowledged,
  graceMs: (url: string) => number,
  allowedAfter: readonly string[],
): string[] {
  const { at } = acknowledged;
  if (at === null) return ['never acknowledged'];
  return watches.flatMap(({ url, asks }) => {
    const before = asks.filter(({ startedAt }) => startedAt <= at);
    const after = asks.filter(({ startedAt }) => startedAt > at + graceMs(url));
    const wrong = after.filter(({ answer }) => !allowedAfter.includes(spell(answer)));
    const crashed = asks.filter(({ answer }) => answer.status >= 500);
    return [
      ...unless(
        before.filter(({ answer }) => answer.status === 200).length >= WARM_AFTER,
        'not warm',
      ),
      ...unless(after.length > 0, 'nothing was asked after the acknowledgement'),
      ...unless(
        wrong.length === 0,
        `${wrong.length} of ${after.length} asks answered ${wrong[0] && spell(wrong[0].answer)}`,
      ),
      ...unless(crashed.length === 0, `${crashed.length} crashes`),
    ];
  });
}
