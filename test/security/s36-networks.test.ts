import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlacklistRepository } from '../../src/modules/blacklist/blacklist.repository';
import { BlacklistScreen } from '../../src/modules/blacklist/blacklist-screen';
import { NetworkScreen } from '../../src/modules/client-access/network-screen';
import { ChangeFeed } from '../../src/platform/database';
import { NetworkPolicy, OfflineNetworkPolicy } from '../../src/platform/network';
import { anApp, PASSWORD, TestApp, unique } from '../factories';
import { freshDatabase } from '../support/database';
import type { Answer } from '../support/http';
import { spawnServer, startTestServer, TestServer } from '../support/server';

const HWID = 'HWID-1';
const VPN = '203.0.113.7';
const HOME = '198.51.100.1';
const BLOCKED = '403 NETWORK_BLOCKED VPN/Proxy connections are not allowed';
const UNKNOWN = '403 NETWORK_UNKNOWN Your network could not be checked';

const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
const spell = ({ status, body }: Answer) =>
  status === 200 ? '200' : `${status} ${body.code} ${body.message}`;

const folder = mkdtempSync(join(tmpdir(), 'latchkey-vpn-'));
const file = join(folder, 'vpn.txt');
function write(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
afterAll(() => rmSync(folder, { recursive: true }));

interface Guest {
  readonly app: TestApp;
  readonly sessionToken: string;
  readonly everything: (ip: string) => Promise<string[]>;
}

/** A signed-in user of an application that refuses VPNs, and every request a network decides. */
async function aGuest(server: TestServer, settings: object = { vpnBlock: true }): Promise<Guest> {
  const app = await anApp(server.url);
  const { username, license } = await app.user({ hwid: HWID, terms: { maxDevices: 50 } });
  const sessionToken = await app.login(username, HWID);
  for (let beat = 0; beat < 2; beat++) await app.call('check', { sessionToken });
  const spare = await app.licenses({ count: 20 });
  const patched = await app.seller.patch(app.path(), settings);
  if (patched.status !== 200) throw new Error(patched.text);
  const everything = async (ip: string) => {
    const fresh = { username: unique('new'), password: PASSWORD, licenseKey: spare.pop()!.key };
    const requests: [string, object][] = [
      ['init', {}],
      ['login', { username, password: PASSWORD, hwid: HWID }],
      ['register', fresh],
      ['license', { licenseKey: license.key, hwid: HWID }],
      ['check', { sessionToken }],
      ['check', { sessionToken }],
    ];
    const told: string[] = [];
    for (const [type, fields] of requests) told.push(spell(await app.call(type, fields, from(ip))));
    return told;
  };
  return { app, sessionToken, everything };
}

const all = (answer: string) => Array<string>(6).fill(answer);

describe('VPN and proxy block with a list', () => {
  let server: TestServer;
  beforeAll(async () => {
    write('203.0.113.0/24\n2001:db8::/32\n');
    const settings = { VPN_LIST_FILE: file, TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'warn' };
    server = await startTestServer(settings);
  });
  afterAll(() => server.close());
  afterEach(() => jest.restoreAllMocks());

  test('whoever is on it is refused everywhere, also with a live session; nobody else is', async () => {
    const { everything } = await aGuest(server);
    expect(await everything(HOME)).toEqual(all('200'));
    for (const ip of [VPN, '::ffff:203.0.113.9', '2001:DB8::1']) {
      expect(await everything(ip)).toEqual(all(BLOCKED));
    }
    expect(await everything(HOME)).toEqual(all('200'));
  });

  test('an application that does not mind serves them', async () => {
    const { everything } = await aGuest(server, { vpnBlock: false });
    expect(await everything(VPN)).toEqual(all('200'));
  });

  test('a wrong password says nothing of itself there: the network comes before credentials', async () => {
    const { app } = await aGuest(server);
    const fields = { username: 'nobody', password: 'wrong password' };
    expect(spell(await app.call('login', fields, from(VPN)))).toBe(BLOCKED);
    await app.seller.post(app.path('/blacklist'), { type: 'IP', value: VPN });
    const listed = await app.call('login', fields, from(VPN));
    expect(listed.body.message).toBe('IP address banned');
  });

  test('a changed file holds from its reading on; a bad one leaves the old in force', async () => {
    const { everything } = await aGuest(server);
    const policy = server.app.get<OfflineNetworkPolicy>(NetworkPolicy, { strict: false });
    write('198.51.100.0/24\n');
    await policy.refresh();
    expect(await everything(HOME)).toEqual(all(BLOCKED));
    expect(await everything(VPN)).toEqual(all('200'));
    write('198.51.100.0/24\nnot a network\n');
    await policy.refresh();
    expect(await everything(HOME)).toEqual(all(BLOCKED));
    write('203.0.113.0/24\n2001:db8::/32\n');
    await policy.refresh();
    expect(await everything(HOME)).toEqual(all('200'));
  });

  test('S-36 an address nobody can judge is refused, and that is logged once a minute', async () => {
    const { everything } = await aGuest(server);
    const warnings = () =>
      server.logs.filter((line) => line.includes('could not be judged')).length;
    const before = warnings();
    expect(await everything('not-an-address')).toEqual(all(UNKNOWN));
    expect(warnings() - before).toBeLessThanOrEqual(1);
    expect(warnings()).toBe(1);
  });

  test('S-36 a policy that throws knows nothing: nobody passes', async () => {
    const { everything } = await aGuest(server);
    const policy = server.app.get(NetworkPolicy, { strict: false });
    jest.spyOn(policy, 'judge').mockImplementation(() => {
      throw new Error('out of memory');
    });
    expect(await everything(HOME)).toEqual(all(UNKNOWN));
  });

  test('S-36 twin: what is not known taken for clean lets everybody pass', async () => {
    const { everything } = await aGuest(server);
    const screen = server.app.get(NetworkScreen, { strict: false });
    const judge = screen.judge.bind(screen);
    jest.spyOn(screen, 'judge').mockImplementation((app, ip) => {
      const judgement = judge(app, ip);
      return judgement === 'unknown' ? 'clean' : judgement;
    });
    const policy = server.app.get(NetworkPolicy, { strict: false });
    expect(await everything('not-an-address')).toEqual(all('200'));
    jest.spyOn(policy, 'judge').mockImplementation(() => {
      throw new Error('out of memory');
    });
    expect(await everything(VPN)).toEqual(all('200'));
  });

  test('S-36 a blacklist that cannot be read lets nobody in', async () => {
    const { app, everything } = await aGuest(server, { vpnBlock: false });
    await app.seller.post(app.path('/blacklist'), { type: 'IP', value: HOME });
    const failing = () => Promise.reject(new Error('cannot be read'));
    jest.spyOn(BlacklistRepository.prototype, 'standing').mockImplementation(failing);
    jest.spyOn(BlacklistRepository.prototype, 'matching').mockImplementation(failing);
    const feed = server.app.get(ChangeFeed, { strict: false });
    feed.deliver(`app:${app.id}`);
    for (const trusted of [true, false]) {
      if (!trusted) jest.spyOn(feed, 'isTrusted').mockReturnValue(false);
      for (const told of await everything(HOME)) expect(told).toMatch(/^50\d /);
    }
  });

  test('S-36 twin: a failed look taken for a clean one lets the listed in', async () => {
    const { app, everything } = await aGuest(server, { vpnBlock: false });
    await app.seller.post(app.path('/blacklist'), { type: 'IP', value: HOME });
    const nothing = { ip: null, hwid: null, username: null, key: null };
    jest
      .spyOn(BlacklistRepository.prototype, 'standing')
      .mockRejectedValue(new Error('cannot be read'));
    const screen = server.app.get(BlacklistScreen, { strict: false });
    const real = screen.screen.bind(screen);
    jest
      .spyOn(screen, 'screen')
      .mockImplementation((id, client) => real(id, client).catch(() => nothing));
    expect(await everything(HOME)).toEqual(all('200'));
  });
});

describe('VPN and proxy block without a list', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(() => server.close());

  test('cannot be switched on; a foreign application is still not found', async () => {
    const app = await anApp(server.url);
    const answer = await app.seller.patch(app.path(), { vpnBlock: true, version: '9.9.9' });
    expect(spell(answer)).toBe('409 VPN_LIST_MISSING This server has no list of VPN networks');
    const read = await app.seller.get(app.path());
    expect(read.body.data).toMatchObject({ vpnBlock: false, version: '1.0.0' });
    expect((await app.seller.patch(app.path(), { vpnBlock: false })).status).toBe(200);
    const other = await anApp(server.url);
    const foreign = await app.seller.patch(other.path(), { vpnBlock: true });
    expect(spell(foreign)).toBe('404 APP_NOT_FOUND Application not found');
  });

  test('S-36 where it was on when the list went, everybody is refused rather than nobody', async () => {
    const { app, everything } = await aGuest(server, { vpnBlock: false });
    await server.database.rows('UPDATE apps SET vpn_block = true WHERE id = $1', [app.id]);
    server.app.get(ChangeFeed, { strict: false }).deliver(`app:${app.id}`);
    expect(await everything(HOME)).toEqual(all(UNKNOWN));
  });
});

test('a server with a bad list does not start, and says which line it is', async () => {
  write('203.0.113.0/24\nnonsense\n');
  const database = await freshDatabase();
  const starting = spawnServer(database.url, { env: { VPN_LIST_FILE: file } });
  await expect(starting).rejects.toThrow(
    /server exited with 1:[^]*line 2: "nonsense" must be an IPv4 or IPv6 address/,
  );
  await database.close();
});
