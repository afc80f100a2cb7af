import { DatabaseClock, monotonicMs } from './clock';

describe('DatabaseClock', () => {
  test('however late a reading arrives, latestMs is not behind the database', () => {
    const clock = new DatabaseClock();
    const sentAt = monotonicMs() - 200;
    // Read the moment it was sent: by now the database is 200 ms further.
    const databaseAtSending = 1_000_000;
    clock.observe(databaseAtSending, sentAt, sentAt + 200);
    const databaseNow = databaseAtSending + (monotonicMs() - sentAt);
    expect(clock.latestMs()).toBeGreaterThanOrEqual(databaseNow);
    expect(clock.nowMs()).toBeLessThan(databaseNow);
  });

  test('nowMs errs by at most half of the round trip', () => {
    const clock = new DatabaseClock();
    const sentAt = monotonicMs() - 10;
    clock.observe(1_000_000, sentAt, sentAt + 10);
    const earliest = 1_000_000 + (monotonicMs() - sentAt) - 10;
    const estimate = clock.nowMs();
    expect(estimate).toBeGreaterThanOrEqual(earliest);
    expect(estimate).toBeLessThanOrEqual(1_000_000 + (monotonicMs() - sentAt));
  });
});
