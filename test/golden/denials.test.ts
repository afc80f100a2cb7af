import { once } from 'node:events';
import { connect } from 'node:net';
import { closeApp } from '../../src/bootstrap/create-app';
import { AttemptLog } from '../../src/modules/attempts';
import { AttemptQueue } from '../../src/modules/attempts/attempt-queue';
import { anApp, aSeller, TestApp, unique } from '../factories';
import { until } from '../faults/support/until';
import { startTestServer, TestServer } from '../support/server';
import { uuidOf } from './sample';

interface Denial {
  readonly action: string;
  readonly code: string;
  readonly rung: string | null;
  readonly facts: object;
  readonly requestId: string;
}

describe('why a client was denied', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  });
  beforeEach(async () => {
    app = await anApp(await aSeller(server.url));
  });
  afterAll(() => server.close());

  async function denials(query = '', by = app): Promise<Denial[]> {
    await server.app.get(AttemptQueue, { strict: false }).flush();
    const answer = await by.seller.get(app.path(`/denials${query}`));
    return answer.body.data as Denial[];
  }

  test('each refusal is found by its request id, with its rung and what mattered', async () => {
    const hwid = unique('PC-');
    const user = await app.user({ hwid });
    const { username } = user;
    const password = user.password;
    const free = await app.license();
    const expected: [type: string, fields: object, what: object][] = [
      [
        'login',
        { username, password: 'wrong' },
        { code: 'CLIENT_CREDENTIALS_INVALID', rung: 'password is right', facts: {}, username },
      ],
      [
        'login',
        { username, password, hwid: 'ANOTHER' },
        {
          code: 'HWID_MISMATCH',
          rung: 'device is bound or fits',
          facts: { maxDevices: 1, boundDevices: 1, presentedDevice: true },
          hwid: 'ANOTHER',
        },
      ],
      [
        'license',
        { licenseKey: `${free.key}X` },
        {
          action: 'license',
          code: 'KEY_UNKNOWN',
          rung: 'key is known',
          key: expect.stringMatching(/^[*-]+\w{5}$/),
        },
      ],
      [
        'register',
        { username: unique('u'), password, licenseKey: user.license.key },
        {
          code: 'KEY_UNUSABLE',
          rung: 'key is not used yet, to register',
          facts: { keyKnown: true, licenseStatus: 'USED' },
        },
      ],
      ['check', { sessionToken: 'sess_nothing' }, { action: 'check', code: 'SESSION_INVALID' }],
    ];
    for (const [type, fields, what] of expected) {
      const headers = { 'x-request-id': unique('denied-') };
      const answer = await app.call(type, fields, { headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      const found = await denials(`?requestId=${headers['x-request-id']}`);
      expect(found).toEqual([
        expect.objectContaining({ wire: 'authon', ip: '127.0.0.1', country: null, ...what }),
      ]);
    }
    const count = async (query: string) => (await denials(query)).length;
    expect(await count(`?username=${username}`)).toBe(2);
    expect(await count(`?username=${username.toUpperCase()}`)).toBe(2);
    expect(await count('?hwid=ANOTHER')).toBe(1);
    expect(await count(`?key=${user.license.key.toLowerCase()}`)).toBe(1);
    expect(await count('')).toBe(5);
    const text = JSON.stringify(await denials());
    for (const secret of [password, free.key, user.license.key, app.apiKey]) {
      expect(text).not.toContain(secret);
    }
  });

  test('what a signed-in client was refused is listed with it: variables, files, referral codes', async () => {
    const { username } = await app.user();
    const sessionToken = await app.login(username);
    await app.seller.post(app.path('/variables'), { key: 'reserved', value: '1', readOnly: true });
    const expected: [type: string, fields: object, what: object][] = [
      [
        'var',
        { key: 'none' },
        { action: 'read-variable', code: 'VARIABLE_UNKNOWN', facts: { variable: 'none' } },
      ],
      [
        'setvar',
        { key: 'reserved', value: '2' },
        { action: 'set-variable', code: 'VARIABLE_READ_ONLY', facts: { variable: 'reserved' } },
      ],
      [
        'redeem_referral',
        { code: 'NOBODYS' },
        { action: 'redeem', code: 'REFERRAL_UNKNOWN', facts: { referralCode: 'NOBODYS' } },
      ],
      [
        'file',
        { fileId: 'none' },
        { action: 'file', code: 'FILE_UNKNOWN', facts: { fileId: 'none' } },
      ],
    ];
    for (const [type, fields, what] of expected) {
      const headers = { 'x-request-id': unique('denied-') };
      const answer = await app.call(type, { sessionToken, ...fields }, { headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      const found = await denials(`?requestId=${headers['x-request-id']}`);
      expect(found).toEqual([expect.objectContaining({ username, rung: null, ...what })]);
    }
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    await app.call('log', { message: 'hello' });
    expect((await denials())[0]).toMatchObject({ action: 'log', code: 'APP_PAUSED' });
  });

  test('the seller sees which entry of the blacklist it was, which licence state, which pause', async () => {
    const { id, key } = await app.license();
    const entry = await app.seller.post(app.path('/blacklist'), { type: 'HWID', value: 'BAD' });
    await app.call('license', { licenseKey: key, hwid: 'BAD' });
    await app.seller.post(app.path(`/licenses/${id}/ban`));
    await app.call('license', { licenseKey: key, hwid: 'GOOD' });
    await app.seller.patch(app.path(), { status: 'PAUSED' });
    await app.call('init');
    expect((await denials()).map(({ code, facts }) => [code, facts])).toEqual([
      ['APP_PAUSED', { appStatus: 'PAUSED' }],
      ['LICENSE_BANNED', { licenseStatus: 'BANNED' }],
      ['HWID_BLACKLISTED', { blacklistEntry: entry.body.data.id }],
    ]);
  });

  test('what is granted is no denial, and nobody reads those of others', async () => {
    const { key } = await app.license();
    expect((await app.call('license', { licenseKey: key })).status).toBe(200);
    await app.call('license', { licenseKey: 'NONE' });
    expect(await denials()).toHaveLength(1);
    const stranger = await anApp(await aSeller(server.url));
    expect((await stranger.seller.get(app.path('/denials'))).status).toBe(404);
    expect((await stranger.seller.get(stranger.path('/denials'))).body.data).toEqual([]);
  });

  test('one that the database does not take holds up no other', async () => {
    const log = server.app.get(AttemptLog, { strict: false });
    const origin = { ip: null, userAgent: null, requestId: 'poison' };
    const bad = { sellerId: app.seller.id, appId: app.id, wire: 'authon', action: 'login' };
    log.recordLater({ ...bad, outcome: 'KEY_UNKNOWN', hwid: 'no\u0000text', origin });
    await app.call('license', { licenseKey: 'NONE' });
    expect((await denials()).map(({ action }) => action)).toEqual(['license']);
  });

  test('one whose connection is lost while they are written one by one is kept', async () => {
    const { rows } = server.database;
    await rows(
      `CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`,
    );
    await rows(
      `CREATE TRIGGER hang_up BEFORE INSERT ON auth_attempts FOR EACH ROW
         WHEN (NEW.request_id = 'cut-off') EXECUTE FUNCTION hang_up()`,
    );
    const log = server.app.get(AttemptLog, { strict: false });
    const refused = { sellerId: uuidOf(app.seller.id), appId: app.id, wire: 'authon' } as const;
    const add = (requestId: string, hwid = 'PC') => {
      const origin = { ip: null, userAgent: null, requestId };
      log.recordLater({ ...refused, action: 'login', outcome: 'KEY_UNKNOWN', hwid, origin });
    };
    add('refused', 'no\u0000text');
    add('cut-off');
    add('behind');
    const written = async () => {
      await server.app.get(AttemptQueue, { strict: false }).flush();
      const sql = 'SELECT request_id AS id FROM auth_attempts WHERE app_id = $1 ORDER BY 1';
      return (await rows<{ id: string }>(sql, [app.id])).map(({ id }) => id);
    };
    expect(await written()).not.toContain('cut-off');
    await rows('DROP FUNCTION hang_up CASCADE');
    const both = async () => (await written()).length > 1;
    await until('the server to be connected again', both, 10_000);
    expect(await written()).toEqual(['behind', 'cut-off']);
  });

  test('a denial of an application that is deleted meanwhile is gone with it', async () => {
    await app.call('license', { licenseKey: 'NONE' });
    await app.seller.delete(app.path());
    await server.app.get(AttemptQueue, { strict: false }).flush();
    const left = await server.database.value<number>(
      'SELECT count(*)::int FROM auth_attempts WHERE app_id = $1',
      [app.id],
    );
    expect(left).toBe(0);
  });

  // The last one: of two servers in one process the younger has the sign-in of sellers.
  test('a refusal that is answered while the server stops is kept', async () => {
    const stopping = await startTestServer({ BACKGROUND_JOBS: 'false' });
    const { id: appId, apiKey } = await anApp(stopping.url);
    const { hostname, port } = new URL(stopping.url);
    const body = JSON.stringify({ type: 'license', appId, apiKey, licenseKey: 'NONE' });
    const http = stopping.app.getHttpServer();
    const arrived = once(http, 'request');
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    await arrived;
    const closed = closeApp(stopping.app);
    await until('the server to listen no more', () => !http.listening, 5_000);
    socket.write(body);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    await closed;
    expect(answer.toString()).toContain('INVALID_LICENSE_KEY');
    expect(await stopping.database.rows('SELECT outcome FROM auth_attempts')).toEqual([
      { outcome: 'KEY_UNKNOWN' },
    ]);
    await stopping.database.close();
  });
});
