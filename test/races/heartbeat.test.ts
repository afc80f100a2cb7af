import type { TestApp } from '../factories';
import { ask } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  freshApp,
  manyLicenses,
  trials,
  unexpected,
  unless,
  Violations,
  withArena,
} from './support';

/** 1,000 trials, twenty at a time; the twin gets 30, one at a time. */
const TRIALS = 1_000;
const AT_A_TIME = 20;
const TWIN_TRIALS = 30;

interface Victim {
  readonly token: string;
  readonly sessionId: string;
}

interface Trial extends Victim {
  readonly problems: readonly string[];
}

/** A session that was silent for a minute, so that its next heartbeat is written. */
async function aSilentSession(arena: Arena, app: TestApp, licenseKey: string): Promise<Victim> {
  const answer = await ask(app, arena.urls[0], 'license', { licenseKey });
  const token = answer.body.data.sessionToken as string;
  const sessionId = await arena.database.value<string>(
    `UPDATE sessions s SET last_seen_at = last_seen_at - interval '1 minute' FROM licenses l
      WHERE l.id = s.license_id AND l.app_id = $1 AND l.key = $2 RETURNING s.id`,
    [app.id, licenseKey],
  );
  return { token, sessionId };
}

/** Heartbeats arrive at both processes; as the first is taken, the seller kills the session. */
async function killDuringHeartbeat(arena: Arena, app: TestApp, key: string, index: number) {
  const victim = await aSilentSession(arena, app, key);
  const check = (url: string) => ask(app, url, 'check', { sessionToken: victim.token });
  const [here, there] = index % 2 ? arena.urls : [arena.urls[1], arena.urls[0]];
  const beats = [check(here), check(there)];
  if (index % 4 < 2) await beats[0];
  const path = app.path(`/sessions/sess_${victim.sessionId.replaceAll('-', '')}`);
  const killed = await app.at(there).seller.delete(path);
  const answers = await Promise.all(beats);
  const late = await check(there);
  return {
    ...victim,
    problems: [
      ...unexpected([killed], ['200']),
      ...unexpected(answers, ['200', '401 INVALID_SESSION']),
      ...unexpected([late], ['401 INVALID_SESSION']),
    ],
  };
}

interface Stored {
  readonly id: string;
  readonly ended: boolean;
  readonly reason: string | null;
  readonly records: number;
}

/** Judged when the servers have stopped: by then every heartbeat is written. */
async function race(arena: Arena, count: number, atATime: number): Promise<Violations[]> {
  const app = await freshApp(arena);
  const keys = await manyLicenses(app, count, { maxDevices: 1 });
  const done: Trial[] = [];
  for (let from = 0; from < count; from += atATime) {
    const group = keys.slice(from, from + atATime);
    const races = group.map(({ key }, index) =>
      killDuringHeartbeat(arena, app, key, atATime === 1 ? 0 : from + index),
    );
    done.push(...(await Promise.all(races)));
  }
  await arena.stop();
  const rows = await arena.database.rows<Stored>(
    `SELECT s.id, s.ended_at IS NOT NULL AS ended, s.end_reason AS reason,
            count(a.id)::int AS records
       FROM sessions s LEFT JOIN audit_records a
         ON a.target_id = s.id AND a.action = 'session.kill' AND a.outcome = 'granted'
      WHERE s.app_id = $1 GROUP BY s.id`,
    [app.id],
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  return done.map(({ sessionId, problems }) => {
    const { ended, reason, records } = stored.get(sessionId)!;
    return [
      ...problems,
      ...unless(ended, 'the killed session came back'),
      ...unless(reason === 'killed', `its end says ${reason}`),
      ...unless(records === 1, `${records} audit records of one kill`),
    ];
  });
}

/** Sessions whose last heartbeat reached the database: without any, nothing was raced. */
function beatsWritten(arena: Arena): Promise<number> {
  return arena.database.value(
    `SELECT count(*)::int FROM sessions WHERE last_seen_at > created_at - interval '30 seconds'`,
  );
}

describe('R-15 a session killed while its heartbeat is being written', () => {
  test('R-15 whom the seller threw out would be back with their next heartbeat', async () => {
    await withArena({ instrument: 'fast-heartbeats' }, async (arena) => {
      expectHeld('R-15', await race(arena, trials(TRIALS), AT_A_TIME));
      expect(await beatsWritten(arena)).toBeGreaterThan(0);
    });
  });

  test('R-15 twin: heartbeats that save the whole row bring killed sessions back', async () => {
    await withArena({ without: 'heartbeat-overwrites' }, async (unguarded) => {
      await expectRaceBroken('R-15', TWIN_TRIALS, (count) => race(unguarded, count, 1));
    });
  });
});
