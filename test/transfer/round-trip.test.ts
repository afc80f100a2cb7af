import { KeyRing, PasswordHasher } from '../../src/platform/crypto';
import { anApp, aSeller, PASSWORD, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { everyKind, exportFile, imported, importFile, PHP_PASSWORD } from './support';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const newApp = async () => anApp(await aSeller(server.url));
const parsed = (text: string) => JSON.parse(text) as object;

/** An application with licences and users of every kind: imported ones and ones of its own life. */
async function populated(): Promise<TestApp> {
  const app = await newApp();
  const answer = await importFile(app, 'json', JSON.stringify(everyKind(Date.now())));
  expect(answer.body.data).toEqual(imported({ created: 28 }, { created: 9 }));
  await app.licenses({ count: 20, prefix: 'own' });
  const owned = await app.license();
  const owner = { discordId: '123456789012345678', discordUsername: 'john', maxAddresses: 2 };
  await app.seller.patch(app.path(`/licenses/${owned.id}`), { ...owner, staff: false });
  await app.call('license', { licenseKey: owned.key, hwid: 'HWID-8' });
  await app.seller.patch(app.path(`/licenses/${(await app.license()).id}`), { staff: true });
  const { username } = await app.user({ hwid: 'HWID-9' });
  await app.login(username, 'HWID-9');
  const gone = await app.user();
  await app.seller.delete(app.path(`/licenses/${(await ownerOf(app, gone.id)) ?? ''}`));
  return app;
}

async function ownerOf(app: TestApp, userId: string): Promise<string | null> {
  const { body } = await app.seller.get(app.path(`/users/${userId}`));
  return body.data.licenseId as string | null;
}

async function everything(app: TestApp): Promise<string[]> {
  const files: string[] = [];
  for (const what of ['licenses', 'users'] as const) {
    for (const format of ['json', 'csv'] as const) files.push(await exportFile(app, what, format));
  }
  return files;
}

describe('import and export', () => {
  test.each(['json', 'csv'] as const)(
    'a %s export imported where it came from changes nothing',
    async (format) => {
      const app = await populated();
      const before = await everything(app);
      for (const what of ['licenses', 'users'] as const) {
        const file = await exportFile(app, what, format);
        const answer = await importFile(app, format, file);
        expect(answer.body.data).toMatchObject({ errors: [], [what]: { created: 0 } });
        expect(answer.body.data[what].unchanged).toBeGreaterThan(9);
      }
      expect(await everything(app)).toEqual(before);
    },
  );

  test.each(['json', 'csv'] as const)(
    'a %s export imported into a fresh application is exported as the same text',
    async (format) => {
      const [app, fresh] = [await populated(), await newApp()];
      for (const what of ['licenses', 'users'] as const) {
        const file = await exportFile(app, what, format);
        const answer = await importFile(fresh, format, file);
        expect(answer.body.data).toMatchObject({ errors: [], [what]: { unchanged: 0 } });
      }
      expect(await everything(fresh)).toEqual(await everything(app));
    },
  );

  test('licences and users together in one file', async () => {
    const [app, fresh] = [await populated(), await newApp()];
    const both = {
      ...parsed(await exportFile(app, 'licenses')),
      ...parsed(await exportFile(app, 'users')),
    };
    const answer = await importFile(fresh, 'json', JSON.stringify(both, null, 2));
    expect(answer.status).toBe(200);
    expect(await everything(fresh)).toEqual(await everything(app));
    // Bare lists are taken too.
    const lists = Object.values(both).flat();
    const again = await importFile(fresh, 'json', JSON.stringify(lists));
    expect(again.body.data.users.created + again.body.data.licenses.created).toBe(0);
    expect(again.body.data.errors).toEqual([]);
  });

  test('users sign in as before: with our hashes, and once with one from elsewhere or of another cost, which ours replaces', async () => {
    const [app, fresh] = [await populated(), await newApp()];
    const { username } = await app.user();
    for (const what of ['licenses', 'users'] as const) {
      await importFile(fresh, 'json', await exportFile(app, what));
    }
    const hashOf = (name: string) =>
      server.database.value<string>(
        'SELECT password_hash FROM app_users WHERE app_id = $1 AND username = $2',
        [fresh.id, name],
      );
    const costlier = await new PasswordHasher(server.app.get(KeyRing), 5).hash(PASSWORD);
    await server.database.rows('UPDATE app_users SET password_hash = $1 WHERE username = $2', [
      costlier,
      username,
    ]);
    expect((await fresh.call('login', { username, password: PASSWORD })).status).toBe(200);
    expect(await hashOf(username)).toMatch(/^\$2b\$04\$/);
    expect(await hashOf('Ann')).toMatch(/^plain:\$2y\$/);
    const wrong = await fresh.call('login', { username: 'ann', password: `${PHP_PASSWORD}x` });
    expect(wrong.body.code).toBe('INVALID_CREDENTIALS');
    for (const time of ['first', 'again']) {
      const answer = await fresh.call('login', { username: 'ann', password: PHP_PASSWORD });
      expect(`${time} ${answer.status}`).toBe(`${time} 200`);
      expect(await hashOf('Ann')).toMatch(/^\$2b\$/);
    }
    expect(await exportFile(fresh, 'users')).toContain('"passwordHash":"latchkey:$2b$');
    const none = await fresh.call('login', { username: 'Grüße 🎉', password: 'none' });
    expect(none.body.code).toBe('INVALID_CREDENTIALS');
  });

  test('a device that a file spells in another way is the one that the client names', async () => {
    const app = await newApp();
    const key = { key: 'SPELLED', durationSeconds: 60, devices: ['ＰＣ\u200b-１ '] };
    await importFile(app, 'json', JSON.stringify([key]));
    for (const hwid of ['PC-1', 'ＰＣ-1']) {
      expect((await app.call('license', { licenseKey: 'SPELLED', hwid })).status).toBe(200);
    }
    const other = await app.call('license', { licenseKey: 'SPELLED', hwid: 'PC-2' });
    expect(other.body.code).toBe('HWID_MISMATCH');
  });

  test('sign-ins at the same moment with a hash from elsewhere all succeed', async () => {
    const app = await newApp();
    await importFile(app, 'json', JSON.stringify(everyKind(Date.now())));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        app.call('login', { username: 'ANN', password: PHP_PASSWORD }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  test('S-31 no CSV cell begins like a formula', async () => {
    const app = await populated();
    for (const what of ['licenses', 'users'] as const) {
      const text = await exportFile(app, what, 'csv');
      const cells = text.split(/[\n,]/).map((cell) => cell.replace(/^"/, ''));
      expect(cells.filter((cell) => /^[=+\-@\t\r＝]/.test(cell))).toEqual([]);
      expect(text).toContain("'=");
    }
  });

  test('an export is an attachment, and an import takes any content type', async () => {
    const app = await newApp();
    const answer = await app.seller.get(app.path('/export?what=users&format=csv'));
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="users.csv"');
    for (const type of ['application/json', 'text/csv', 'application/x-anything', '']) {
      const headers = { 'content-type': type };
      const path = app.path('/import?format=json');
      const file = new TextEncoder().encode('[{"key":"SAME","durationType":"1d"}]');
      const { status } = await app.seller.post(path, undefined, { raw: file, headers });
      expect(`${type} ${status}`).toBe(`${type} 200`);
    }
    const { status } = await app.seller.post(app.path('/licenses'), undefined, {
      raw: '{"durationType":"1d"}',
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(status).toBe(415);
  });
});
