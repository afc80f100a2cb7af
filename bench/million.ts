import { row, Row } from './report';
import { load, median, openSeeded, SeededStage, endAll } from './stage';

const FEW = 10_000;
const PAIRS = 5;
const SECONDS = 4;
const CONNECTIONS = 20;
/** Keys that sign in, the same number among few and among many, drawn from all over the list. */
const KEY_PAGES = 30;
const LIST_LIMIT = 20;
const DEEP_PAGE = 10_000;
const LIST_ROUNDS = 300;

/** What `many` licences do to signing in by key (L-03) and to a list far down (L-07). */
export async function manyLicenses(many: number): Promise<Row[]> {
  const large = await openSeeded(many);
  const small = await openSeeded(FEW);
  try {
    const seeded = row(
      'seed',
      `seconds to seed ${many} licences`,
      large.seedSeconds,
      300,
      'most',
      {},
    );
    return [seeded, await keySignIns(small, large, many), await lists(large)];
  } finally {
    await Promise.all([small.stop(), large.stop()]).finally(endAll);
  }
}

/** `license` with keys in use, as clients send it: it finds the key, opens a session, writes the books. */
async function keySignIns(small: SeededStage, large: SeededStage, many: number): Promise<Row> {
  const orders = [];
  for (const stage of [small, large]) {
    const keys = await usedKeys(stage);
    const bodies = keys.map((licenseKey) => stage.body('license', { licenseKey, hwid: 'PC' }));
    const order = { port: stage.port, bodies, connections: CONNECTIONS, seconds: SECONDS };
    // Every key once, so that no device is bound for the first time in what is measured.
    await load({ ...order, seconds: SECONDS * 3 });
    orders.push(order);
  }
  const ratios: number[] = [];
  let last = { few: 0, many: 0 };
  for (let pair = 0; pair < PAIRS; pair++) {
    const [few, lots] = [await load(orders[0]!), await load(orders[1]!)];
    if (few.failures + lots.failures > 0) throw new Error('a sign-in of the benchmark failed');
    ratios.push(lots.perSecond / few.perSecond);
    last = { few: few.perSecond, many: lots.perSecond };
  }
  const what = `license sign-in with ${many} keys ÷ with ${FEW}`;
  return row('L-03', what, median(ratios), 0.8, 'least', last);
}

/** Keys in use from evenly spread pages of the list. */
async function usedKeys(stage: SeededStage): Promise<string[]> {
  const keys: string[] = [];
  const pages = Math.floor(stage.licenses / 2 / 100);
  for (let index = 0; index < KEY_PAGES; index++) {
    const page = 1 + Math.floor((index * pages) / KEY_PAGES);
    const { data } = await stage.get(`/licenses?status=USED&limit=100&page=${page}`);
    keys.push(...(data as { key: string }[]).map(({ key }) => key));
  }
  return keys;
}

/** The page after a cursor at the top of the list, and the one after ten thousand pages. */
async function lists(stage: SeededStage): Promise<Row> {
  const pages = Math.min(DEEP_PAGE, Math.floor(stage.licenses / LIST_LIMIT) - 2);
  const cursorAfter = async (page: number) => {
    const { pagination } = await stage.get(`/licenses?limit=${LIST_LIMIT}&page=${page}`);
    return (pagination as { nextCursor: string }).nextCursor;
  };
  const paths = [await cursorAfter(1), await cursorAfter(pages)].map(
    (cursor) => `/licenses?limit=${LIST_LIMIT}&cursor=${cursor}`,
  );
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < LIST_ROUNDS; round++) {
    for (const [index, path] of paths.entries()) {
      const started = performance.now();
      await stage.get(path);
      times[index]!.push(performance.now() - started);
    }
  }
  const [top, deep] = [median(times[0]), median(times[1])];
  const what = `list of licences ${pages} pages down ÷ at the top, by cursor`;
  return row('L-07', what, deep / top, 1.5, 'most', { topMs: top, deepMs: deep });
}
