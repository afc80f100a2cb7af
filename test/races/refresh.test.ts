import { connect } from 'node:net';
import { aSeller, TestSeller } from '../factories';
import { Answer, http } from '../support/http';
import { post } from './lean-http';
import {
  Arena,
  expectRaceBroken,
  expectHeld,
  granted,
  openArena,
  trials,
  twinTrials,
  unexpected,
  unless,
  Violations,
  volley,
  withArena,
} from './support';

/** 500 trials of twenty refreshes; 20 of the lost answer, 30 of late reuse; twins 10 each. */
const TRIALS = 500;
const LOST_TRIALS = 20;
const REUSE_TRIALS = 30;
const TWIN_TRIALS = twinTrials(10);
const RIVALS = 20;

const REFUSED = '401 INVALID_REFRESH_TOKEN';

interface Family {
  readonly generation: number;
  readonly ended: boolean;
  readonly rotations: number;
  readonly alarms: number;
}

/** The seller's only sign-in, with what the record says about it. */
async function family(arena: Arena, seller: TestSeller): Promise<Family> {
  const [row] = await arena.database.rows<Family>(
    `SELECT s.generation, s.ended_at IS NOT NULL AS ended,
            (SELECT count(*)::int FROM audit_records a
              WHERE a.target_id = s.id AND a.seller_id = s.seller_id
                AND a.action = 'seller.refresh' AND a.outcome = 'granted') AS rotations,
            (SELECT count(*)::int FROM audit_records a
              WHERE a.target_id = s.id AND a.seller_id = s.seller_id
                AND a.action = 'seller.refresh-token-reuse' AND a.severity = 'critical') AS alarms
       FROM seller_sessions s JOIN sellers l ON l.id = s.seller_id WHERE l.email = $1`,
    [seller.email],
  );
  return row!;
}

function refresh(url: string, refreshToken: string): Promise<Answer> {
  return post(url, '/v1/auth/refresh', { refreshToken });
}

function differentPairs(answers: readonly Answer[]): number {
  return new Set(granted(answers).map(({ body }) => JSON.stringify(body.data))).size;
}

/** Twenty tabs refresh with one token at once. */
async function tabs(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const seller = await aSeller(arena.urls[0]);
    const answers = await volley(arena.urls, RIVALS, (url) => refresh(url, seller.refreshToken));
    const { generation, ended, rotations } = await family(arena, seller);
    outcomes.push([
      ...unless(generation === 1, `${generation} successors of one token`),
      ...unless(rotations === 1, `${rotations} rotations on record`),
      ...unless(!ended, 'the seller was signed out'),
      ...unless(differentPairs(answers) === 1, `${differentPairs(answers)} different pairs`),
      ...unexpected(answers, ['200', REFUSED]),
    ]);
  }
  return outcomes;
}

/** Sends a refresh and cuts the connection as soon as the bytes are out. */
function refreshAndHangUp(url: string, refreshToken: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ refreshToken });
  const head = [
    'POST /v1/auth/refresh HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
}

/** Asks the database until the token was spent, which nobody was told. */
async function untilSpent(arena: Arena, seller: TestSeller): Promise<boolean> {
  const giveUpAt = performance.now() + 10_000;
  while (performance.now() < giveUpAt) {
    if ((await family(arena, seller)).generation === 1) return true;
  }
  return false;
}

/** The answer is lost on the way; the client asks again, at the other process. */
async function lostAnswer(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const [here, there] = trial % 2 ? arena.urls : [arena.urls[1], arena.urls[0]];
    const seller = await aSeller(here);
    await refreshAndHangUp(here, seller.refreshToken);
    const spent = await untilSpent(arena, seller);
    const answers = await volley([there, here], 4, (url) => refresh(url, seller.refreshToken));
    const { refreshToken: next, accessToken } = answers[0]!.body.data ?? {};
    const profile = await http(here).get('/v1/auth/profile', { token: accessToken });
    const onwards = await refresh(there, next ?? 'none');
    const { generation, ended } = await family(arena, seller);
    outcomes.push([
      ...unless(spent, 'the cut request never arrived'),
      ...unexpected(answers, ['200']),
      ...unless(differentPairs(answers) === 1, `${differentPairs(answers)} different pairs`),
      ...unexpected([profile, onwards], ['200']),
      ...unless(generation === 2, `${generation} rotations instead of two`),
      ...unless(!ended, 'the seller was signed out'),
    ]);
  }
  return outcomes;
}

/**
 * A spent token comes back, twenty times at once: the parent after its half minute, or at once the
 * grandparent, whose successor was used.
 */
async function lateReuse(arena: Arena, count: number): Promise<Violations[]> {
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const [here, there] = trial % 2 ? arena.urls : [arena.urls[1], arena.urls[0]];
    const seller = await aSeller(here);
    const stolen = seller.refreshToken;
    let newest = (await refresh(here, stolen)).body.data;
    if (trial % 4 < 2) newest = (await refresh(there, newest.refreshToken)).body.data;
    else await waitHalfAMinute(arena, seller);
    const thieves = await volley(arena.urls, RIVALS, (url) => refresh(url, stolen));
    const owner = [await refresh(here, newest.refreshToken)];
    for (const url of [here, there]) {
      owner.push(await http(url).get('/v1/auth/profile', { token: newest.accessToken }));
    }
    const { ended, alarms } = await family(arena, seller);
    outcomes.push([
      ...unexpected(thieves, [REFUSED]),
      ...unexpected(owner, [REFUSED, '401 UNAUTHENTICATED', '401 UNAUTHORIZED']),
      ...unless(ended, 'the family lives on'),
      ...unless(alarms === 1, `${alarms} critical audit records instead of one`),
    ]);
  }
  return outcomes;
}

async function waitHalfAMinute(arena: Arena, seller: TestSeller): Promise<void> {
  await arena.database.rows(
    `UPDATE seller_sessions SET rotated_at = rotated_at - interval '31 seconds'
      WHERE seller_id = (SELECT id FROM sellers WHERE email = $1)`,
    [seller.email],
  );
}

describe('R-05 one refresh token, used more than once', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test('R-05 a seller with twenty open tabs would be signed out or fork their sign-in', async () => {
    expectHeld('R-05 tabs', await tabs(arena, trials(TRIALS)));
  });

  test('R-05 a seller whose answer got lost would be signed out by asking again', async () => {
    expectHeld('R-05 lost answer', await lostAnswer(arena, trials(LOST_TRIALS)));
  });

  test('R-05 a thief could live on a stolen token beside its owner, unnoticed', async () => {
    expectHeld('R-05 late reuse', await lateReuse(arena, trials(REUSE_TRIALS)));
  });

  test('R-05 twin: without turns on the sign-in one token has several successors', async () => {
    await withArena({ without: 'refresh-turns' }, async (unguarded) => {
      await expectRaceBroken('R-05 tabs', TWIN_TRIALS, (count) => tabs(unguarded, count));
    });
  });

  test('R-05 twin: without time to retry a lost answer signs the seller out', async () => {
    await withArena({ without: 'refresh-retry' }, async (unguarded) => {
      await expectRaceBroken('R-05 lost answer', TWIN_TRIALS, (count) =>
        lostAnswer(unguarded, count),
      );
    });
  });

  test('R-05 twin: without revocation the thief goes unnoticed', async () => {
    await withArena({ without: 'refresh-reuse' }, async (unguarded) => {
      await expectRaceBroken('R-05 late reuse', TWIN_TRIALS, (count) =>
        lateReuse(unguarded, count),
      );
    });
  });
});
