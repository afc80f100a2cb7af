import {
  Attempted,
  judge,
  MAX_ATTEMPTS,
  RETRY_SECONDS,
  retryAfterSeconds,
  WAITING_MAX_SECONDS,
} from './delivery';

const answered = (status: number, retryAfter: number | null = null): Attempted => ({
  status,
  failure: status === 0 ? 'timeout' : null,
  retryAfterSeconds: retryAfter,
});

describe('what follows from a try', () => {
  test('W-05 only 2xx is success', () => {
    for (const status of [200, 201, 204, 299]) {
      expect(judge(3, 0, answered(status))).toMatchObject({ status: 'DELIVERED', attempts: 4 });
    }
    for (const status of [0, 199, 301, 302, 304, 400, 401, 404, 429, 500, 502, 503]) {
      expect(judge(0, 0, answered(status))).toMatchObject({
        status: 'PENDING',
        attempts: 1,
        gone: false,
      });
    }
  });

  test('W-05 410 ends the delivery and the endpoint', () => {
    expect(judge(0, 0, answered(410))).toMatchObject({ status: 'FAILED', gone: true });
  });

  test('W-01 ten tries over about three days', () => {
    const total = RETRY_SECONDS.reduce((sum, one) => sum + one, 0);
    expect(MAX_ATTEMPTS).toBe(10);
    expect(total / 86_400).toBeGreaterThan(3);
    expect(total / 86_400).toBeLessThan(3.5);
    RETRY_SECONDS.forEach((delaySeconds, before) => {
      expect(judge(before, 0, answered(500))).toMatchObject({ delaySeconds, jitter: true });
    });
    expect(judge(9, 0, answered(500))).toMatchObject({
      status: 'FAILED',
      attempts: 10,
      delaySeconds: 0,
    });
  });

  test('W-05 Retry-After is kept, on top of the schedule and exactly', () => {
    expect(judge(0, 0, answered(500, 60))).toMatchObject({
      delaySeconds: 60,
      jitter: false,
      pauseSeconds: 0,
    });
    expect(judge(0, 0, answered(503, 60))).toMatchObject({
      delaySeconds: 60,
      pauseSeconds: 60,
      attempts: 1,
    });
    expect(judge(1, 0, answered(500, 60))).toMatchObject({ delaySeconds: 300, jitter: true });
    expect(judge(1, 0, answered(500, 290))).toMatchObject({ delaySeconds: 300, jitter: false });
    expect(judge(0, 0, answered(503, 10_000_000))).toMatchObject({ delaySeconds: 86_400 });
  });

  test('W-08 told to wait costs no try, but does not last for ever', () => {
    expect(judge(2, 0, answered(429, 7))).toMatchObject({
      status: 'PENDING',
      attempts: 2,
      delaySeconds: 7,
      pauseSeconds: 7,
    });
    expect(judge(2, 0, answered(429, 0))).toMatchObject({ attempts: 2, delaySeconds: 1 });
    expect(judge(2, 0, answered(429))).toMatchObject({ attempts: 3 });
    expect(judge(2, WAITING_MAX_SECONDS, answered(429, 7))).toMatchObject({ attempts: 3 });
  });
});

const NOW = Date.parse('2026-01-01T00:00:00Z');
test.each<[header: string | null, body: string, seconds: number | null]>([
  ['120', '', 120],
  ['1.2', '', 2],
  ['Thu, 01 Jan 2026 00:02:00 GMT', '', 120],
  ['Wed, 31 Dec 2025 00:02:00 GMT', '', 0],
  ['soon', '', null],
  ['-5 seconds', '', null],
  [null, '', null],
  [null, '{"message":"rate limited","retry_after":0.64,"global":false}', 1],
  ['3', '{"retry_after":64}', 3],
])('Retry-After %j with body %j is %j seconds', (header, body, seconds) => {
  expect(retryAfterSeconds(header, body, NOW)).toBe(seconds);
});
