import { auditRate } from './audit-rate';
import { files } from './files';
import type { LoadResult } from './load';
import { manyLicenses } from './million';
import { report, row, Row } from './report';
import { webhooks } from './webhooks';
import { endAll, load, median, openStage, Stage, start } from './stage';

/**
 * Ratios against named baselines, measured in one run on this machine. Absolute numbers move with
 * the host; the ratios are what to compare.
 */
const PAIRS = 5;
const SECONDS = 4;
const CONNECTIONS = 20;
const SESSIONS = 200;
const USERS = 64;
const BCRYPT_COST = 10;

async function against(bare: number, stage: Stage, bodies: readonly string[], awake: boolean) {
  const pairs: { ours: LoadResult; bare: LoadResult }[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = { bodies, connections: CONNECTIONS, seconds: SECONDS, awake };
    const baseline = await load({ ...order, port: bare });
    const ours = await load({ ...order, port: stage.port });
    if (ours.failures + baseline.failures > 0) throw new Error('a request of the benchmark failed');
    pairs.push({ ours, bare: baseline });
  }
  return {
    throughput: median(pairs.map((pair) => pair.ours.perSecond / pair.bare.perSecond)),
    p99: median(pairs.map((pair) => pair.ours.p99 / pair.bare.p99)),
    ours: median(pairs.map((pair) => pair.ours.perSecond)),
    bare: median(pairs.map((pair) => pair.bare.perSecond)),
    oursP99: median(pairs.map((pair) => pair.ours.p99)),
  };
}

async function bareServer(answer: object): Promise<{ port: number; stop: () => Promise<void> }> {
  const { match, stop } = await start('bare-server.js', [JSON.stringify(answer)], /^(\d+)$/);
  return { port: Number(match[1]), stop };
}

async function checks(stage: Stage, tokens: readonly string[]): Promise<Row[]> {
  const bodies = tokens.map((sessionToken) => stage.body('check', { sessionToken }));
  const answer = {
    success: true,
    message: 'Session valid',
    data: { username: null, level: 1, expiresAt: '2026-12-31T23:59:59.000Z' },
  };
  const bare = await bareServer(answer);
  await load({ port: stage.port, bodies, connections: CONNECTIONS, seconds: SECONDS });
  const result = await against(bare.port, stage, bodies, true);
  await bare.stop();
  const { throughput, p99, ours, oursP99 } = result;
  return [
    row('L-01', 'check throughput ÷ bare node:http', throughput, 0.6, 'least', {
      checksPerSecond: ours,
      barePerSecond: result.bare,
    }),
    row('L-02', 'check p99 ÷ bare node:http, 20 connections', p99, 4, 'most', { p99Ms: oursP99 }),
  ];
}

async function keys(stage: Stage, licenseKeys: readonly string[]): Promise<Row[]> {
  const bodies = licenseKeys.map((licenseKey) => stage.body('license', { licenseKey, hwid: 'PC' }));
  const data = { level: 1, expiresAt: '2026-12-31T23:59:59.000Z', sessionToken: 'x'.repeat(48) };
  const bare = await bareServer({ success: true, message: 'License valid', data });
  const result = await against(bare.port, stage, bodies, false);
  await bare.stop();
  return [
    row(
      'verify',
      'license sign-in (writes a session) ÷ bare node:http',
      result.throughput,
      0,
      'least',
      {
        signInsPerSecond: result.ours,
        p99Ms: result.oursP99,
      },
    ),
  ];
}

async function logins(stage: Stage, tokens: readonly string[]): Promise<Row[]> {
  const users: string[] = [];
  for (const licenseKey of await stage.licenses(USERS, {})) {
    const username = `user${users.length}`;
    await stage.call('register', { username, password: 'benchmark password', licenseKey });
    users.push(stage.body('login', { username, password: 'benchmark password', hwid: 'PC' }));
  }
  const beat = {
    port: stage.port,
    bodies: tokens.map((sessionToken) => stage.body('check', { sessionToken })),
    connections: CONNECTIONS,
    ratePerSecond: 200,
    seconds: SECONDS * 2,
  };
  const flood = { port: stage.port, bodies: users, connections: 16, seconds: SECONDS * 2 };
  const rates: number[] = [];
  const tails: number[] = [];
  let last = { raw: 0, login: 0, idle: 0, busy: 0 };
  for (let pair = 0; pair < PAIRS; pair++) {
    const args = [String(BCRYPT_COST), String(SECONDS)];
    const { match, stop } = await start('bcrypt-rate.js', args, /^([\d.]+)$/);
    await stop();
    const raw = Number(match[1]);
    const login = (await load(flood)).perSecond;
    const idle = (await load(beat)).p99;
    const [busy] = await Promise.all([load(beat), load(flood)]);
    rates.push(login / raw);
    tails.push(busy.p99 / idle);
    last = { raw, login, idle, busy: busy.p99 };
  }
  return [
    row('L-04', 'login rate ÷ raw bcrypt rate, same slots', median(rates), 0.8, 'least', {
      loginsPerSecond: last.login,
      bcryptPerSecond: last.raw,
    }),
    row('L-04', 'check p99 under login flood ÷ idle', median(tails), 3, 'most', {
      floodMs: last.busy,
      idleMs: last.idle,
    }),
  ];
}

async function hotPath(): Promise<Row[]> {
  const stage = await openStage();
  const rows: Row[] = [];
  try {
    const licenseKeys = await stage.licenses(SESSIONS, {});
    const tokens: string[] = [];
    for (const licenseKey of licenseKeys) {
      const signedIn = await stage.call('license', { licenseKey, hwid: 'PC' });
      tokens.push(signedIn['sessionToken'] as string);
    }
    rows.push(...(await checks(stage, tokens)));
    rows.push(...(await logins(stage, tokens)));
    rows.push(...(await files(stage, tokens.at(-1)!)));
    // The last: so many sign-ins by these keys end the sessions of the ones before.
    rows.push(...(await keys(stage, licenseKeys)));
  } finally {
    await stage.stop().finally(endAll);
  }
  return rows;
}

/** The hot path and the webhooks, or with `--million [licences]` what a million licences do to it (minutes). */
async function main(args: readonly string[]): Promise<void> {
  const million = args.indexOf('--million');
  if (million === -1) {
    return report('latest', [...(await auditRate()), ...(await hotPath()), ...(await webhooks())]);
  }
  report('million', await manyLicenses(Number(args[million + 1] ?? 1_000_000)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  endAll();
  console.error(error);
  process.exit(1);
});
