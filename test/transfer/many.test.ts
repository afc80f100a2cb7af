import { Repository } from '../../src/platform/database';
import { LicenseTransfer } from '../../src/modules/licenses';
import { AppsService } from '../../src/modules/apps';
import { anApp, aSeller } from '../factories';
import { startTestServer, TestServer } from '../support/server';

const MANY = 60_000;
/** Far less than deleting so many licences takes. */
const STATEMENT_TIMEOUT_MS = '500';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    DATABASE_STATEMENT_TIMEOUT_MS: STATEMENT_TIMEOUT_MS,
    BACKGROUND_JOBS: 'false',
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.close());

describe('an application with very many licences', () => {
  test('is deleted, however long that takes; its twin, held to the limit of a statement, is not', async () => {
    const app = await anApp(await aSeller(server.url));
    const apps = server.app.get(AppsService, { strict: false });
    const sellerId = await apps.sellerOf(app.id);
    const caller = {
      ...{ requestId: 'test', ip: null, userAgent: null },
      seller: { kind: 'seller', sellerId, sessionId: null, token: null },
    } as const;
    const owned = await apps.requireOwned(caller, app.id);
    const transfer = server.app.get(LicenseTransfer, { strict: false });
    expect(await transfer.seed(owned, MANY, new Date())).toBe(MANY);

    const slow = Repository.prototype as unknown as { allowSlow(seconds: number): Promise<void> };
    jest.spyOn(slow, 'allowSlow').mockResolvedValue();
    expect((await app.seller.delete(app.path())).status).toBe(503);
    expect(await server.database.value('SELECT count(*)::int FROM licenses')).toBe(MANY);
    jest.restoreAllMocks();

    expect((await app.seller.delete(app.path())).status).toBe(200);
    expect(await server.database.value('SELECT count(*)::int FROM licenses')).toBe(0);
  });
});
