import { KeyTurns } from './key-turns';

const tooLate = () => new Error('too late');

describe('turns of one Idempotency-Key', () => {
  test('one after the other, a failure included; other keys do not wait', async () => {
    const turns = new KeyTurns();
    const events: string[] = [];
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = turns.take('a', 60_000, tooLate, async () => {
      await gate;
      events.push('first');
      throw new Error('broken');
    });
    const second = turns.take('a', 60_000, tooLate, async () => events.push('second'));
    await turns.take('b', 60_000, tooLate, async () => events.push('other'));
    open();
    await expect(first).rejects.toThrow('broken');
    await second;
    expect(events).toEqual(['other', 'first', 'second']);
  });

  test('whoever waits too long leaves the line, and the next keeps its place behind the first', async () => {
    const turns = new KeyTurns();
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = turns.take('a', 60_000, tooLate, () => gate);
    const impatient = turns.take('a', 0, tooLate, async () => 'never');
    const patient = turns.take('a', 60_000, tooLate, async () => 'done');
    await expect(impatient).rejects.toThrow('too late');
    const early = await Promise.race([patient, Promise.resolve('still waiting')]);
    expect(early).toBe('still waiting');
    open();
    await first;
    await expect(patient).resolves.toBe('done');
  });
});
