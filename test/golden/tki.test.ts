import { AttemptQueue } from '../../src/modules/attempts/attempt-queue';
import { ChangeFeed } from '../../src/platform/database';
import { RateLimiter } from '../../src/platform/rate-limit';
import { anApp, aSeller, TestApp, unique } from '../factories';
import { aGateway, TestGateway } from '../factories/tki';
import { Answer, http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { uuidOf } from './sample';

let server: TestServer;
let gateway: TestGateway;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  gateway = await aGateway(await aSeller(server.url));
});
afterAll(() => server.close());

/** Body of a failure: the document's two fields, the status, and what is ours. */
function expectFailure(answer: Answer, status: number, message: string): void {
  const { code, requestId, errors, ...body } = answer.body;
  expect({ status: answer.status, body }).toEqual({
    status,
    body: { message, status_overview: 'failed', status_code: status },
  });
  expect([typeof code, typeof requestId]).toEqual(['string', 'string']);
  if (errors !== undefined) expect(Array.isArray(errors)).toBe(true);
}

const OWNER = {
  discord_id: '123456789012345678',
  discord_username: 'john_doe',
  discord_discriminator: '0001',
};
const MISSING =
  'Missing required fields: data.ip, data.hwid, data.product, data.version, or data.licensekey';

describe('POST /api/license/auth of document 003', () => {
  test('«Success Response (200)», key by key', async () => {
    const { licensekey, id } = await gateway.license({ ...OWNER, expire_date: '12/31/2098' });
    const answer = await gateway.authenticate(licensekey);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        status_msg: 'Successful Authentication!',
        status_overview: 'success',
        status_code: 200,
        version: '1.0.0',
        discord_id: '123456789012345678',
        discord_username: 'john_doe',
        discord_tag: '@john_doe#0001',
        expire_date: '12/31/2098',
        staff_license: false,
        product: gateway.product,
      },
    ]);
    expect(Object.keys(answer.body).slice(0, 9)).toEqual([
      'status_msg',
      'status_overview',
      'status_code',
      'version',
      'discord_id',
      'discord_username',
      'discord_tag',
      'expire_date',
      'staff_license',
    ]);
    expect(await gateway.bindings(id)).toMatchObject({
      ips: ['192.168.1.1'],
      hwids: ['unique-hardware-id'],
    });
  });

  test('the documented request with its own values; its User-Agent is kept', async () => {
    const { id } = await gateway.license();
    await server.database.rows("UPDATE licenses SET key = 'TKI-XXXXX-XXXXX' WHERE id = $1", [
      uuidOf(id),
    ]);
    await gateway.seller.patch(gateway.path(), { name: 'MyProduct' });
    const data = {
      product: 'MyProduct',
      version: '1.0.0',
      licensekey: 'TKI-XXXXX-XXXXX',
      ip: '192.168.1.1',
      hwid: 'unique-hardware-id',
    };
    const headers = { authorization: gateway.apiKey, 'user-agent': 'MyApp/1.0.0' };
    const answer = await http(server.url).post('/api/license/auth', { data }, { headers });
    expect(answer.body).toMatchObject({ status_code: 200, product: 'MyProduct' });
    expect(await gateway.logs()).toEqual([
      expect.objectContaining({ user_agent: 'MyApp/1.0.0', status_overview: 'success' }),
    ]);
  });

  test('«Error Responses»: a missing header, and a wrong key (403, not 401)', async () => {
    const body = { data: gateway.claim('TKI-XXXXX-XXXXX') };
    expectFailure(await gateway.send(body, ''), 401, 'Authorization header is missing');
    expectFailure(await gateway.send(body, 'your-api-key-here'), 403, 'Invalid API Key');
    expectFailure(await gateway.send(body, `Basic ${gateway.apiKey}`), 403, 'Invalid API Key');
  });

  test('D-T9 the key by itself or after Bearer; a replaced one is refused at once', async () => {
    const { licensekey } = await gateway.license();
    const body = { data: gateway.claim(licensekey) };
    expect((await gateway.send(body, `Bearer ${gateway.apiKey}`)).status).toBe(200);
    const made = await gateway.seller.post('/api/tki/settings/regenerate-key');
    expectFailure(await gateway.send(body), 403, 'Invalid API Key');
    expect((await gateway.send(body, made.body.data.APIKey)).status).toBe(200);
  });

  test.each([
    ['nothing', undefined],
    ['no data', {}],
    ['data that is no object', { data: 'x' }],
    ['a list', []],
    ['a field of another type', { product: 1 }],
    ['an empty field', { version: '' }],
    ['a missing licence key', { licensekey: undefined }],
    ['a missing address', { ip: null }],
    ['an HWID of the wrong type', { hwid: {} }],
    ['too long a product', { product: 'x'.repeat(101) }],
    ['HWID and version missing', { hwid: undefined, version: undefined }],
  ])('400 the documented sentence: %s', async (_, fields) => {
    const whole = fields === undefined || Array.isArray(fields) || 'data' in fields;
    const empty = whole || Object.keys(fields).length === 0;
    const body = empty ? fields : { data: gateway.claim('TKI-XXXXX-XXXXX', fields) };
    expectFailure(await gateway.send(body), 400, MISSING);
  });

  test('D-T1 only the HWID is missing; D-T3 it may be where it is not required', async () => {
    const { licensekey } = await gateway.license();
    const without = { hwid: undefined };
    expectFailure(await gateway.authenticate(licensekey, without), 400, 'HWID is required');
    await gateway.set({ RequireHWID: false });
    expect((await gateway.authenticate(licensekey, without)).status).toBe(200);
    expectFailure(await gateway.authenticate('', without), 400, MISSING);
  });

  test('malformed JSON, another content type, another method, an unknown route: this wire’s shape', async () => {
    const headers = { authorization: gateway.apiKey };
    const { post, get } = http(server.url);
    const malformed = await post('/api/license/auth', undefined, { headers, raw: '{' });
    expect(malformed.body).toMatchObject({ status_overview: 'failed', status_code: 400 });
    const typed = { ...headers, 'content-type': 'text/plain' };
    const text = await post('/api/license/auth', undefined, { headers: typed, raw: 'x' });
    expect(text.body).toMatchObject({ status_overview: 'failed', status_code: 415 });
    const read = await get('/api/license/auth');
    expect(read.body).toMatchObject({ status_overview: 'failed', status_code: 405 });
    expect(read.headers.get('allow')).toBe('POST');
    const unknown = await get('/api/tki/nowhere');
    expect(unknown.body).toMatchObject({ status_overview: 'failed', status_code: 404 });
  });

  test('«Blacklist Protection»: address, HWID and licence, each attempt counted (D-T8)', async () => {
    const { licensekey } = await gateway.license();
    const cases = [
      ['ip', '198.51.100.0/24', { ip: '198.51.100.7:25565' }, 'Your IP is blacklisted!'],
      ['hwid', 'stolen', { hwid: 'stolen' }, 'Your HWID is blacklisted!'],
      ['license', licensekey, {}, 'Your License is blacklisted at the moment!'],
    ] as const;
    for (const [type, value, fields, message] of cases) {
      const id = await gateway.blacklist(type, value);
      for (let i = 0; i < 2; i++) {
        expectFailure(await gateway.authenticate(licensekey, fields), 403, message);
      }
      const listed = await gateway.seller.get(`/api/tki/blacklist?type=${type}`);
      expect(listed.body.data).toEqual([
        expect.objectContaining({ id, attempts: 2, last_attempt: expect.any(String) }),
      ]);
      expect((await gateway.seller.delete(`/api/tki/blacklist/${id}`)).status).toBe(200);
    }
    expect((await gateway.authenticate(licensekey)).status).toBe(200);
  });

  test('an entry «at the moment» ends by itself, and holds on the other wires meanwhile', async () => {
    const app = await anApp(gateway.seller, { name: unique('House'), version: '1.0.0' });
    const { key } = await app.license();
    const { name: product } = (await gateway.seller.get(app.path())).body.data;
    const id = await gateway.blacklist('license', key, { expires_at: '2098-01-01T00:00:00.000Z' });
    const here = () => gateway.authenticate(key, { product, hwid: 'A' });
    const there = () => app.call('license', { licenseKey: key, hwid: 'A' });
    expectFailure(await here(), 403, 'Your License is blacklisted at the moment!');
    expect((await there()).status).toBe(403);
    await server.database.rows(
      "UPDATE blacklist_entries SET expires_at = clock_timestamp() - interval '1 second' WHERE id = $1",
      [uuidOf(id)],
    );
    // What the process remembers of the entry has the end it was given.
    server.app.get(ChangeFeed, { strict: false }).deliver('everything:');
    expect((await here()).status).toBe(200);
    expect((await there()).status).toBe(200);
  });

  test('D-T1 an unknown key, another product, another version, an expired licence', async () => {
    const { licensekey, id } = await gateway.license();
    const other = await aGateway(gateway.seller);
    const ask = (fields: object) => gateway.authenticate(licensekey, fields);
    expectFailure(await gateway.authenticate('TKI-NOSUC-HKEYX'), 404, 'License key not found');
    expectFailure(await ask({ product: 'Nowhere' }), 404, 'Product not found');
    const mismatch = await ask({ product: other.product });
    expectFailure(mismatch, 400, 'Invalid product for this license');
    expectFailure(await ask({ version: '1.0.1' }), 400, 'Invalid version');
    await gateway.change(id, { expire_date: '01/01/2020' });
    // Whoever is expired is told that first, whatever product or version they name (D-T2).
    expectFailure(await ask({ product: 'Nowhere', version: '9' }), 403, 'License has expired');
  });

  test('D-T5 a product need not enforce its version; the answer carries the stored one', async () => {
    const { licensekey } = await gateway.license();
    await gateway.seller.patch(gateway.path(), { version: '2.0.0', enforceVersion: false });
    const { body } = await gateway.authenticate(licensekey, { version: '0.1' });
    expect(body).toMatchObject({ status_code: 200, version: '2.0.0' });
  });

  test('«Staff Licenses»: any product, any version, no caps, but the blacklist holds', async () => {
    const { licensekey, id } = await gateway.license({ staff_license: true });
    for (const [product, version, ip] of [
      ['Anything', '7', '10.0.0.1'],
      [gateway.product, '0', '10.0.0.2:1'],
    ] as const) {
      const { body } = await gateway.authenticate(licensekey, { product, version, ip, hwid: ip });
      expect(body).toMatchObject({ status_code: 200, staff_license: true, product, version });
    }
    expect(await gateway.bindings(id)).toMatchObject({ ips: [], hwids: [] });
    await gateway.blacklist('hwid', 'bad');
    const refused = await gateway.authenticate(licensekey, { hwid: 'bad' });
    expectFailure(refused, 403, 'Your HWID is blacklisted!');
  });

  test('D-T7 a staff licence meets the blacklist and the pause of the product it names', async () => {
    const { licensekey } = await gateway.license({ staff_license: true });
    const named = await anApp(gateway.seller, { name: unique('Named') });
    const { name: product } = (await gateway.seller.get(named.path())).body.data;
    const ask = (hwid = 'H') => gateway.authenticate(licensekey, { product, hwid });
    expect((await ask()).status).toBe(200);
    await gateway.seller.post(named.path('/blacklist'), { type: 'HWID', value: 'BAD' });
    expectFailure(await ask('BAD'), 403, 'Your HWID is blacklisted!');
    const listed = await gateway.seller.get(named.path('/blacklist'));
    expect(listed.body.data).toMatchObject([{ value: 'BAD' }]);
    await gateway.seller.patch(named.path(), { status: 'PAUSED' });
    expectFailure(await ask(), 403, 'Application is paused');
    expect((await gateway.authenticate(licensekey)).status).toBe(200);
  });

  test('a key is no way around the blacklist for the name of its user', async () => {
    const shown = await gateway.seller.get(`/v1/admin/apps/${gateway.productId}`);
    const app = new TestApp(gateway.seller, gateway.productId, shown.body.data.apiKey);
    const { username, license } = await app.user();
    expect((await gateway.authenticate(license.key)).status).toBe(200);
    await app.seller.post(app.path('/blacklist'), { type: 'USERNAME', value: username });
    const answer = await gateway.authenticate(license.key);
    expectFailure(answer, 403, 'Your License is blacklisted at the moment!');
    const { body } = await app.seller.get(app.path('/blacklist'));
    expect(body.data).toMatchObject([{ type: 'USERNAME', attempts: 1 }]);
  });

  test('a product is found by its name, whatever is around it and however it was typed', async () => {
    const name = `${unique('Zo')}\u00eb`;
    await gateway.seller.patch(gateway.path(), { name: ` ${name.normalize('NFD')} ` });
    const { licensekey } = await gateway.license();
    for (const product of [name, name.normalize('NFD'), ` ${name}`]) {
      const { body } = await gateway.authenticate(licensekey, { product });
      expect(body).toMatchObject({ status_code: 200, product });
    }
    const other = await gateway.authenticate(licensekey, { product: name.toUpperCase() });
    expectFailure(other, 404, 'Product not found');
  });

  test('D-T7 lists are learned up to their caps, and can be reset', async () => {
    const { licensekey, id } = await gateway.license({ ip_cap: 2, hwid_cap: 2 });
    const from = (ip: string, hwid: string) => gateway.authenticate(licensekey, { ip, hwid });
    expect((await from('10.0.0.1:25565', 'A')).status).toBe(200);
    expect((await from('[2001:DB8::1]:25565', 'B')).status).toBe(200);
    expect((await from('10.0.0.1:25565', 'B')).status).toBe(200);
    // Another port is another server.
    expectFailure(await from('10.0.0.1:25566', 'A'), 403, 'Maximum IP limit reached');
    expectFailure(await from('10.0.0.1:25565', 'C'), 403, 'Maximum HWID limit reached');
    expect(await gateway.bindings(id)).toMatchObject({
      ips: ['10.0.0.1:25565', '[2001:db8::1]:25565'],
      hwids: ['A', 'B'],
    });
    const reset = await gateway.seller.post(gateway.path(`/licenses/${id}/reset-ips`));
    expect(reset.body.data).toEqual({ released: 2 });
    await gateway.seller.post(gateway.path(`/licenses/${id}/reset-hwids`));
    expect((await from('10.0.0.9', 'Z')).status).toBe(200);
    expect(await gateway.bindings(id)).toMatchObject({ ips: ['10.0.0.9'], hwids: ['Z'] });
    await gateway.change(id, { ip_cap: -1, hwid_cap: 0 });
    expect((await from('10.0.0.10', 'Y')).status).toBe(200);
  });

  test('D-T4, D-T12 for ever, without an owner, and without a discriminator', async () => {
    const { licensekey, id } = await gateway.license();
    const ask = async () => (await gateway.authenticate(licensekey)).body;
    expect(await ask()).toMatchObject({ expire_date: 'Never', discord_id: '', discord_tag: '' });
    await gateway.change(id, { ...OWNER, discord_discriminator: null });
    expect(await ask()).toMatchObject({ discord_tag: '@john_doe' });
  });

  test('D-T2 the key is judged before the rate limit, the rate limit before the fields', async () => {
    await gateway.set({ RatelimitMax: 1 });
    expectFailure(await gateway.send({}), 400, MISSING);
    expectFailure(await gateway.send({}), 429, 'Too many requests, please try again later');
    expectFailure(await gateway.send({}, 'wrong'), 403, 'Invalid API Key');
  });

  test('«Rate Limiting»: per address and minute, by its setting, only when enabled', async () => {
    const { licensekey } = await gateway.license();
    await gateway.set({ RatelimitMax: 2 });
    const answers: Answer[] = [];
    for (let i = 0; i < 3; i++) answers.push(await gateway.authenticate(licensekey));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expectFailure(answers[2]!, 429, 'Too many requests, please try again later');
    expect(Number(answers[2]!.headers.get('retry-after'))).toBeGreaterThan(0);
    await gateway.set({ RatelimitEnabled: false });
    expect((await gateway.authenticate(licensekey)).status).toBe(200);
  });

  test('the operator’s limit of an address holds whatever the gateway’s says', async () => {
    const { licensekey } = await gateway.license();
    await gateway.set({ RatelimitEnabled: false });
    const used = { allowed: false, count: 601, retryAfterSeconds: 7 };
    const hit = jest.spyOn(server.app.get(RateLimiter), 'hit').mockReturnValueOnce(used);
    const answer = await gateway.authenticate(licensekey);
    hit.mockRestore();
    expectFailure(answer, 429, 'Too many requests, please try again later');
    expect(answer.headers.get('retry-after')).toBe('7');
  });

  test.each(['not an ip!', '1.2.3.4:0', '999.1.1.1', 'http://a'])(
    'an address that is none: %s',
    async (ip) => {
      const { licensekey } = await gateway.license();
      expectFailure(await gateway.authenticate(licensekey, { ip }), 400, 'Invalid IP address');
    },
  );

  test('a key issued on the house API is good here, and the other way round', async () => {
    const app = await anApp(gateway.seller, { name: 'House', version: '3.1' });
    const { key } = await app.license({ durationType: '30d' });
    const here = await gateway.authenticate(key, { product: 'House', version: '3.1' });
    expect(here.body).toMatchObject({ status_code: 200, version: '3.1' });
    const again = await app.call('license', { licenseKey: key, hwid: 'unique-hardware-id' });
    expect(again.body.message).toBe('License valid');
    const other = await app.call('license', { licenseKey: key, hwid: 'B' });
    expect(other.body.message).toBe('Hardware ID mismatch');
    const shown = await gateway.seller.get(`/v1/admin/apps/${gateway.productId}`);
    const house = { appId: gateway.productId, apiKey: shown.body.data.apiKey };
    const { licensekey } = await gateway.license({ expire_date: '12/31/2098' });
    const there = await http(server.url).post('/v1', {
      type: 'license',
      ...house,
      licenseKey: licensekey,
      hwid: 'A',
    });
    expect(there.body).toMatchObject({
      message: 'License activated',
      data: { expiresAt: '2098-12-31T23:59:59.999Z' },
    });
  });

  test('a key of another tenant is unknown here', async () => {
    const stranger = await anApp(server.url);
    const { key } = await stranger.license();
    expectFailure(await gateway.authenticate(key), 404, 'License key not found');
  });
});

describe('management of document 003 (D-T10)', () => {
  test('D-T11 keys have the shape of the settings; weak and overlong shapes are refused', async () => {
    expect((await gateway.license()).licensekey).toMatch(/^TKI(-[A-HJ-NP-Z2-9]{5}){3}$/);
    await gateway.set({
      LicensePrefix: 'TKI - ',
      IncludeNumbers: false,
      HyphenEvery: 4,
      Amount: 12,
    });
    const { licensekey } = await gateway.license();
    expect(licensekey).toMatch(/^TKI - [A-HJ-NP-Z]{4}-[A-HJ-NP-Z]{4}-[A-HJ-NP-Z]{4}$/);
    expect((await gateway.authenticate(licensekey.toLowerCase())).status).toBe(200);
    for (const weak of [
      { IncludeLetters: false, IncludeNumbers: false },
      { IncludeLetters: false, IncludeNumbers: true, Amount: 13 },
      { LicensePrefix: 'SIXTEEN-LETTERS-', Amount: 64, HyphenEvery: 1 },
    ]) {
      const refused = await gateway.seller.patch('/api/tki/settings', weak);
      expect(refused.status).toBe(400);
      const code = 'HyphenEvery' in weak ? 'KEY_SHAPE_LONG' : 'KEY_SHAPE_WEAK';
      expect(refused.body).toMatchObject({ status_overview: 'failed', code });
    }
    const kept = (await gateway.seller.get('/api/tki/settings')).body.data;
    expect(kept).toMatchObject({ IncludeLetters: true, IncludeNumbers: false, Amount: 12 });
  });

  test('a licence is read, changed, found and deleted', async () => {
    const { id, licensekey } = await gateway.license({ note: 'first' });
    const read = async () => (await gateway.seller.get(gateway.path(`/licenses/${id}`))).body.data;
    expect(await read()).toMatchObject({ status: 'UNUSED', expire_date: 'Never', note: 'first' });
    await gateway.change(id, { expire_date: '02/29/2096', ip_cap: 3 });
    expect(await read()).toMatchObject({ expire_date: '02/29/2096', ip_cap: 3, hwid_cap: 1 });
    const bad = await gateway.seller.patch(gateway.path(`/licenses/${id}`), {
      expire_date: '02/30/2026',
    });
    expect(bad.body).toMatchObject({ status_code: 400, errors: [{ field: 'expire_date' }] });
    expect((await gateway.authenticate(licensekey)).status).toBe(200);
    await gateway.change(id, { expire_date: 'Never' });
    expect(await read()).toMatchObject({ expire_date: 'Never' });
    const found = await gateway.seller.get(
      gateway.path(`/licenses?search=${licensekey.slice(-5)}`),
    );
    expect(found.body).toMatchObject({ data: [{ id }], pagination: { total: 1 } });
    expect((await gateway.seller.delete(gateway.path(`/licenses/${id}`))).status).toBe(200);
    const gone = await gateway.authenticate(licensekey);
    expectFailure(gone, 404, 'License key not found');
  });

  test('«deleting a product deletes all its licences»', async () => {
    const { licensekey } = await gateway.license();
    expect((await gateway.seller.delete(gateway.path())).status).toBe(200);
    expectFailure(await gateway.authenticate(licensekey), 404, 'License key not found');
  });

  test('every attempt is kept with its reason, and counted by day', async () => {
    const { licensekey } = await gateway.license();
    await gateway.authenticate(licensekey);
    await gateway.authenticate(licensekey, { version: '9' });
    await gateway.authenticate(licensekey, { ip: '10.0.0.2' });
    await gateway.authenticate('TKI-WRONG-WRONG');
    await gateway.authenticate(licensekey, { hwid: undefined });
    const { apiKey } = (await gateway.seller.get(`/v1/admin/apps/${gateway.productId}`)).body.data;
    const house = new TestApp(gateway.seller, gateway.productId, apiKey);
    await house.call('license', { licenseKey: 'NONE' });
    await server.app.get(AttemptQueue, { strict: false }).flush();
    const logs = await gateway.logs();
    expect(logs.map(({ reason }) => reason)).toEqual([
      'INVALID_INPUT',
      'KEY_UNKNOWN',
      'ADDRESS_LIMIT',
      'VERSION_MISMATCH',
      null,
    ]);
    expect(JSON.stringify(logs)).not.toContain(licensekey);
    expect(logs[4]).toMatchObject({
      status_overview: 'success',
      product: gateway.product,
      ip: '192.168.1.1',
      hwid: 'unique-hardware-id',
      connection_ip: '127.0.0.1',
    });
    const ofKey = await gateway.logs(`?licensekey=${licensekey}&status=failed`);
    expect(ofKey).toHaveLength(3);
    expect(await gateway.logs(`?ip=10.0.0.2`)).toHaveLength(1);
    expect(await gateway.logs(`?productId=${gateway.productId}`)).toHaveLength(4);
    const days = await gateway.seller.get(gateway.path('/analytics?days=2'));
    expect(days.body.data).toEqual([
      expect.objectContaining({
        attempts: 4,
        successes: 1,
        distinct_ips: 2,
        distinct_hwids: 1,
      }),
    ]);
  });
});
