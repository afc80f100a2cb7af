import { aSeller } from '../factories';
import { aGateway, Claim, TestGateway } from '../factories/tki';
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

/** P tier, for each crowd; the twins get 5. */
const TRIALS = 20;
const TWIN_TRIALS = twinTrials(5);
const RIVALS = 50;
const IP_CAP = 3;
const HWID_CAP = 5;

type Crowd = readonly [what: string, differing: (index: number) => Claim, most: number];

/** What differs between those who come at once, how many of them may stay, and what the rest is told. */
const CROWDS: readonly Crowd[] = [
  ['addresses and HWIDs', (i) => ({ ip: `10.0.0.${i + 1}`, hwid: `H${i}` }), IP_CAP],
  ['addresses', (i) => ({ ip: `10.0.0.1:${i + 1}`, hwid: 'H' }), IP_CAP],
  ['HWIDs', (i) => ({ ip: '10.0.0.1', hwid: `H${i}` }), HWID_CAP],
];

interface Bound {
  readonly addresses: number;
  readonly devices: number;
  readonly activations: number;
  readonly attempts: number;
}

async function bound(arena: Arena, key: string): Promise<Bound> {
  const [row] = await arena.database.rows<Bound>(
    `SELECT (SELECT count(*)::int FROM license_addresses a WHERE a.license_id = l.id) AS addresses,
            (SELECT count(*)::int FROM license_devices d
              WHERE d.license_id = l.id AND d.released_at IS NULL) AS devices,
            (SELECT count(*)::int FROM outbox_events e
              WHERE e.type = 'license.activate' AND e.data->>'licenseId' = l.id::text) AS activations,
            (SELECT count(*)::int FROM auth_attempts t WHERE t.license_id = l.id) AS attempts
       FROM licenses l WHERE l.key = $1`,
    [key],
  );
  return row!;
}

/** Fifty programs show an unused key at once. */
async function firstUses(arena: Arena, [, differing, most]: Crowd, count: number) {
  const gateway: TestGateway = await aGateway(await aSeller(arena.urls[0]), {
    RatelimitEnabled: false,
  });
  const headers = { authorization: gateway.apiKey };
  const outcomes: Violations[] = [];
  for (let trial = 0; trial < count; trial++) {
    const { licensekey } = await gateway.license({ ip_cap: IP_CAP, hwid_cap: HWID_CAP });
    const answers = await volley(arena.urls, RIVALS, (url, index) => {
      const data = gateway.claim(licensekey, differing(index));
      return post(url, '/api/license/auth', { data }, headers);
    });
    const { addresses, devices, activations, attempts } = await bound(arena, licensekey);
    outcomes.push([
      ...unless(addresses <= IP_CAP, `${addresses} addresses where ${IP_CAP} are allowed`),
      ...unless(devices <= HWID_CAP, `${devices} HWIDs where ${HWID_CAP} are allowed`),
      ...unless(granted(answers).length === most, `${granted(answers).length} let in, not ${most}`),
      ...unless(activations === 1, `activated ${activations} times`),
      ...unless(attempts === RIVALS, `${attempts} of ${RIVALS} attempts kept`),
      ...unexpected(answers, ['200', '403 ADDRESS_LIMIT', '403 HWID_MISMATCH']),
    ]);
  }
  return outcomes;
}

describe('R-02 first uses at a gateway at one moment', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());

  test.each(CROWDS)('R-02 fifty different %s never exceed a cap', async (...crowd) => {
    expectHeld(`R-02 gateway ${crowd[0]}`, await firstUses(arena, crowd, trials(TRIALS)));
  });

  test('R-02 twin: without turns on the licence the caps are exceeded', async () => {
    await withArena({ without: 'gateway-turns' }, async (unguarded) => {
      for (const crowd of CROWDS) {
        await expectRaceBroken(`R-02 gateway ${crowd[0]}`, TWIN_TRIALS, (count) =>
          firstUses(unguarded, crowd, count),
        );
      }
    });
  });
});
