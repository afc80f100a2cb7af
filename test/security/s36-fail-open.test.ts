import { AuditTrail } from '../../src/modules/audit';
import { BlacklistScreen } from '../../src/modules/blacklist';
import { PasswordHasher } from '../../src/platform/crypto';
import { RateLimiter } from '../../src/platform/rate-limit';
import { anApp, aSeller, PASSWORD, TestApp, unique } from '../factories';
import { expectBroken, expectHeld, trials, unless, Violations } from '../races/support';
import type { Answer } from '../support/http';
import { anAuditServer, AuditServer } from '../audit/support';

const TRIALS = trials(5);
const CLEAN = { ip: null, hwid: null, username: null, key: null };

/** A part that fails, what it would be to fail open, and a request that must then be refused. */
interface Failure {
  readonly breaks: (with_: () => never) => void;
  /** The careless way: whatever goes wrong counts as «nothing against it». */
  readonly opens: () => void;
  /** Sends the request; tells the answer, and whether it had an effect. */
  readonly ask: () => Promise<{ readonly answer: Answer; readonly effect: boolean }>;
}

describe('S-36 a part that fails lets nobody through', () => {
  let server: AuditServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await anAuditServer();
    app = await anApp(await aSeller(server.url));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  const sessions = (username: string) =>
    server.database.value<number>('SELECT count(*)::int FROM sessions WHERE username = $1', [
      username,
    ]);

  /** A sign-in with that password; the effect is its session. */
  const signIn = (password: string) => async () => {
    const { username } = await app.user();
    arm();
    const answer = await app.call('login', { username, password, hwid: unique('PC-') });
    jest.restoreAllMocks();
    return { answer, effect: (await sessions(username)) > 0 };
  };

  /** A ban; the effect is the licence on hold. */
  async function ban() {
    const { id } = await app.license();
    arm();
    const answer = await app.seller.post(app.path(`/licenses/${id}/ban`));
    jest.restoreAllMocks();
    const found = await app.seller.get(app.path(`/licenses/${id}`));
    return { answer, effect: found.body.data.status === 'BANNED' };
  }

  /** Switches the failure on, between what prepares a request and the request. */
  let arm: () => void = () => undefined;

  const limiter = () => server.app.get(RateLimiter, { strict: false });
  const allowed = { allowed: true, count: 1, retryAfterSeconds: 0 };
  const FAILURES: Readonly<Record<string, () => Failure>> = {
    'the record, under a seller': () => ({
      breaks: (fail) => jest.spyOn(AuditTrail.prototype, 'record').mockImplementation(fail),
      opens: () => jest.spyOn(AuditTrail.prototype, 'record').mockReturnValue('none'),
      ask: ban,
    }),
    'the record, under a client': () => ({
      breaks: (fail) => jest.spyOn(AuditTrail.prototype, 'record').mockImplementation(fail),
      opens: () => jest.spyOn(AuditTrail.prototype, 'record').mockReturnValue('none'),
      ask: signIn(PASSWORD),
    }),
    'the limiter': () => ({
      breaks: (fail) => jest.spyOn(limiter(), 'hit').mockImplementation(fail),
      opens: () => jest.spyOn(limiter(), 'hit').mockReturnValue(allowed),
      ask: signIn(PASSWORD),
    }),
    'the blacklist': () => ({
      breaks: (fail) => jest.spyOn(BlacklistScreen.prototype, 'screen').mockImplementation(fail),
      opens: () => jest.spyOn(BlacklistScreen.prototype, 'screen').mockResolvedValue(CLEAN),
      ask: signIn(PASSWORD),
    }),
    'the store of keys': () => ({
      breaks: (fail) => jest.spyOn(PasswordHasher.prototype, 'verify').mockImplementation(fail),
      opens: () => jest.spyOn(PasswordHasher.prototype, 'verify').mockResolvedValue(true),
      ask: signIn('not the password'),
    }),
  };

  async function outcomes(open: boolean): Promise<Violations[]> {
    const found: Violations[] = [];
    for (const [part, failure] of Object.entries(FAILURES)) {
      for (let trial = 0; trial < TRIALS; trial++) {
        const { breaks, opens, ask } = failure();
        arm = open
          ? opens
          : () =>
              breaks(() => {
                throw new Error('made to fail');
              });
        const { answer, effect } = await ask();
        found.push([
          ...unless(answer.status >= 400, `${part}: ${answer.status}`),
          ...unless(!effect, `${part}: it had an effect`),
          ...unless(!answer.text.includes('made to fail'), `${part}: tells why`),
        ]);
      }
    }
    return found;
  }

  test('S-36 audit, limiter, blacklist and keys: the request is refused and changes nothing', async () => {
    expectHeld('S-36 fail-open', await outcomes(false));
  });

  test('S-36 twin: parts that swallow their failure let everybody through', async () => {
    expectBroken('S-36 fail-open', await outcomes(true));
  });

  test('S-36 the tree may lag: changes go on, records wait, and nothing is lost', async () => {
    await server.takeIn();
    await server.database.pool.query('ALTER TABLE audit_nodes RENAME TO out_of_reach');
    const made = await app.licenses({ count: 2 });
    await expect(server.takeIn()).rejects.toThrow('audit_nodes');
    for (const { id } of made) {
      expect((await app.seller.post(app.path(`/licenses/${id}/ban`))).status).toBe(200);
    }
    const waiting = () => server.database.value('SELECT count(*)::int FROM audit_pending');
    expect(await waiting()).toBe(3);
    await server.database.pool.query('ALTER TABLE out_of_reach RENAME TO audit_nodes');
    await server.takeIn();
    expect(await waiting()).toBe(0);
    expect(await server.database.value('SELECT max(seq) + 1 = count(*) FROM audit_leaves')).toBe(
      true,
    );
  });
});
