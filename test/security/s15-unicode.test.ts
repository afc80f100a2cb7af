import fc from 'fast-check';
import { nameKey, plainForm } from '../../src/kernel';
import { anApp, aSeller, PASSWORD, unique } from '../factories';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { BodyCase, Contract, isText, Route, Schema } from './contract';
import { aWorld, goodRequest, GoodRequest, inject, World } from './support';
import { casesFor, fullWidth, spellable, SPELLINGS, TRICKS } from './unicode';
import { atLeast, portion } from '../fuzz/run';

/** Switched by the twins: texts are taken as they come. */
const mockForms = { off: false };
jest.mock('../../src/kernel/text', () => {
  type Text = {
    nameKey: (text: string) => string;
    plainForm: (text: string) => string;
    formProblem: (form: string, max: number) => string | null;
  };
  const actual = jest.requireActual<Text>('../../src/kernel/text');
  return {
    ...actual,
    nameKey: (text: string) => (mockForms.off ? text : actual.nameKey(text)),
    plainForm: (text: string) => (mockForms.off ? text : actual.plainForm(text)),
    formProblem: (form: string, max: number) =>
      mockForms.off ? null : actual.formProblem(form, max),
  };
});

/** Bounds it all; machines differ. */
jest.setTimeout(300_000);

/** What is compared character by character: it is drawn by us, and nobody chooses it to be read. */
const NOT_READ = ['KEY', 'license'];

const values = (schema: Schema) => (schema.enum as string[] | undefined) ?? [];

describe('S-15 look-alikes are one, and nothing else than what they look like', () => {
  let server: TestServer;
  let contract: Contract;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
  });
  afterEach(() => {
    mockForms.off = false;
  });
  afterAll(() => server.close());

  const newWorld = async () => aWorld(await aSeller(server.url));

  /** Sends a body with one field as the given bytes of JSON. */
  async function sendWith(route: Route, good: GoodRequest, field: string, json: Buffer) {
    const { [field]: _, ...rest } = good.body!;
    const text = JSON.stringify(rest).slice(0, -1);
    const head = Buffer.from(`${text}${text === '{' ? '' : ','}${JSON.stringify(field)}:`);
    const raw = Buffer.concat([head, json, Buffer.from('}')]);
    return inject(server, route.method, good.path, { ...good, body: undefined, raw });
  }

  test('S-15 every text of every body takes every trick without a crash, and no lone surrogate', async () => {
    const findings: string[] = [];
    let sent = 0;
    let turn = 0;
    const world = await newWorld();
    for (const body of portion(contract.bodies())) {
      // What a sign-in of a seller needs changes the seller.
      const own = body.name.includes('/v1/auth/') ? await newWorld() : world;
      const good = await goodRequest(contract, body, own);
      for (const [field, given] of Object.entries(body.schema.properties!)) {
        const again = ['appId', 'apiKey'].includes(field) && body.type && body.type !== 'init';
        if (!isText(contract.resolve(given)) || again) continue;
        for (const { json, bad } of casesFor(turn++)) {
          sent++;
          const { status, text } = await sendWith(body.route, good, field, json);
          if (status < 500 && !(bad && status < 400)) continue;
          findings.push(`${body.name} ${field} ${json.toString('latin1')}: ${status} ${text}`);
        }
      }
    }
    expect(findings).toEqual([]);
    expect(sent).toBeGreaterThan(atLeast(600));
  });

  test('S-15 every query and path takes every trick without a crash', async () => {
    const world = await newWorld();
    const findings: string[] = [];
    for (const route of portion(contract.routes)) {
      const texts = route.parameters.filter(({ schema, in: place }) => {
        return place === 'query' && isText(contract.resolve(schema));
      });
      const { token, path } = await goodRequest(contract, { route, name: route.key }, world);
      const paths = TRICKS.map(encodeURIComponent).concat('%c0%af', '%ed%a0%80', '%ff');
      for (const trick of paths) {
        const asked = [
          ...texts.map(({ name }) => `${path}${path.includes('?') ? '&' : '?'}${name}=${trick}`),
          ...(route.params.length > 0 ? [`${path.replace(/[^/]+$/, '')}${trick}`] : []),
        ];
        for (const url of asked) {
          const { status, text } = await inject(server, 'GET', url, { token });
          if (status >= 500) findings.push(`${url}: ${status} ${text}`);
        }
      }
    }
    expect(findings).toEqual([]);
  });

  /** Fields in which a second thing of the same spelling is refused, and the spellings that are not. */
  async function twins(among = /./): Promise<{ fields: string[]; doubled: string[] }> {
    const fields: string[] = [];
    const doubled: string[] = [];
    const refusing = contract
      .bodies()
      .filter(({ route, name }) => route.operation.responses['409'] && among.test(name));
    for (const body of refusing) {
      const world = await newWorld();
      const kinds = values(contract.resolve(body.schema.properties!['type'] ?? {}));
      for (const [field, given] of Object.entries(body.schema.properties!)) {
        const schema = contract.resolve(given);
        if (!isText(schema)) continue;
        for (const type of kinds.length > 0 && !body.type ? kinds : [undefined]) {
          const value = spellable(schema);
          if (value === null || NOT_READ.includes(type ?? '')) continue;
          const found = await twinsOf(body, world, field, value, type);
          if (!found) continue;
          fields.push(`${body.name} ${[field, type].filter(Boolean).join(' ')}`);
          doubled.push(...found);
        }
      }
    }
    return { fields, doubled };
  }

  /** The spellings of `value` that made a second thing; null where sameness is no matter. */
  async function twinsOf(
    body: BodyCase,
    world: World,
    field: string,
    value: string,
    type?: string,
  ) {
    const make = async (text: string) => {
      const spent = body.schema.properties!['licenseKey'] !== undefined;
      const key = spent ? (await world.app.license()).key : world.ids['key']!;
      const own = { ...world, ids: { ...world.ids, key } };
      const { token, headers, path, body: good } = await goodRequest(contract, body, own);
      const sent = { ...good, [field]: text, ...(type ? { type } : {}) };
      return inject(server, 'POST', path, { token, headers, body: sent });
    };
    if ((await make(value)).status >= 300 || (await make(value)).status !== 409) return null;
    const found: string[] = [];
    for (const [name, spell] of Object.entries(SPELLINGS)) {
      const { status, text } = await make(spell(value));
      if (![400, 409].includes(status)) {
        found.push(`${body.name} ${field} ${type ?? ''}, ${name}: ${status} ${text}`);
      }
    }
    return found;
  }

  test('S-15 no name, address or entry exists twice in two spellings', async () => {
    const { fields, doubled } = await twins();
    expect(doubled).toEqual([]);
    expect(fields).toEqual(
      expect.arrayContaining([
        'POST /v1/auth/register email',
        'POST /v1/client/register username',
        'POST /v1 register username',
        ...['users username', 'blacklist value HWID', 'blacklist value USERNAME'].map(
          (rest) => `POST /v1/admin/apps/{appId}/${rest}`,
        ),
      ]),
    );
  });

  /** The same device in other spellings: signs in, is bound once, and is found by the blacklist. */
  async function device(): Promise<string[]> {
    const app = await anApp(server.url);
    const hwid = unique('gerät-');
    const { username, license } = await app.user({ hwid });
    const findings: string[] = [];
    const tryAll = async (expected: number) => {
      for (const [name, spell] of Object.entries(SPELLINGS)) {
        const fields = { username, password: PASSWORD, hwid: spell(hwid) };
        const { status, text } = await app.call('login', fields);
        if (status !== expected) findings.push(`${name}: ${text}, not ${expected}`);
      }
    };
    await tryAll(200);
    const path = app.path(`/licenses/${license.id}/devices`);
    const bound = (await app.seller.get(path)).body.data.length as number;
    if (bound !== 1) findings.push(`${bound} devices bound`);
    await app.seller.post(app.path('/blacklist'), { type: 'HWID', value: fullWidth(hwid) });
    await tryAll(403);
    return findings;
  }

  test('S-15 a device is the same in every spelling', async () => {
    expect(await device()).toEqual([]);
  });

  /** E-mail addresses that are others, or none, once normalised. */
  async function addresses(): Promise<string[]> {
    const local = unique('dev');
    const known = `${local}@example.com`;
    const register = async (email: string) =>
      (await http(server.url).post('/v1/auth/register', { email, password: PASSWORD, name: 'N' }))
        .status;
    const findings: string[] = [];
    const expectStatus = async (email: string, ...expected: number[]) => {
      const status = await register(email);
      if (!expected.includes(status)) findings.push(`${email}: ${status}`);
    };
    await expectStatus(known, 201);
    for (const at of ['＠', '﹫']) {
      await expectStatus(`${local}${at}example.com`, 409, 400);
      await expectStatus(`${local}${at}evil.example@example.com`, 400);
      await expectStatus(`${at}example.com`, 400);
    }
    for (const sign of ['＜', '＞', '＂', '（', '，', '；', '：', '［', '＼', '\u00a0', '\u037e']) {
      await expectStatus(`${local}${sign}x@example.com`, 400);
      await expectStatus(`${local}@ex${sign}ample.com`, 400);
    }
    for (const one of ['example．com', 'exa\u200bmple.com'])
      await expectStatus(`${local}@${one}`, 409);
    await expectStatus(`\u200b\u200b@example.com`, 400);
    await expectStatus(`x@${'\ufdfa'.repeat(240)}.com`, 400);
    const stored = await server.database.rows<{ email: string }>('SELECT email FROM sellers');
    const unlike = stored.filter(({ email }) => !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email));
    return [...findings, ...unlike.map(({ email }) => `stored: ${email}`)];
  }

  test('S-15 an address is judged as what it will be taken for', async () => {
    expect(await addresses()).toEqual([]);
    const stored = await server.database.rows('SELECT email FROM sellers');
    expect(stored.filter(({ email }) => plainForm(String(email)) !== email)).toEqual([]);
  });

  /** Names that are empty, or longer than they may be, once normalised. */
  async function sizes(): Promise<string[]> {
    const app = await anApp(server.url);
    const findings: string[] = [];
    const grown = ['\ufdfa', '\u{1f19b}\ufdfa', '\ufb03', '\u3300'].map((one) => one.repeat(32));
    const names = ['\u200b', '\u034f\ufe0f', '\u2800', '\u3164', ' \u00a0 ', ...grown];
    for (const username of names) {
      const made = await app.seller.post(app.path('/users'), { username, password: PASSWORD });
      if (made.status !== 400) findings.push(`user ${username}: ${made.status}`);
      for (const type of ['HWID', 'USERNAME']) {
        const value = username.repeat(username.length > 3 ? 8 : 1).slice(0, 256);
        const entry = await app.seller.post(app.path('/blacklist'), { type, value });
        if (entry.status !== 400) findings.push(`${type} ${value}: ${entry.status}`);
      }
    }
    const short = await app.seller.post(app.path('/users'), {
      username: unique('u'),
      password: 'e\u0301'.repeat(4),
    });
    // Eight code points, but four letters: a password is compared composed.
    if (short.status !== 400) findings.push(`password of four letters: ${short.status}`);
    return findings;
  }

  test('S-15 what is empty or too long when normalised is refused', async () => {
    expect(await sizes()).toEqual([]);
  });

  test('S-15 any two names: both are stored, or they are the same', async () => {
    const app = await anApp(server.url);
    const make = (username: string) =>
      inject(server, 'POST', app.path('/users'), {
        token: app.seller.accessToken,
        body: { username, password: PASSWORD },
      });
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 12 }),
      fc.constantFrom(...TRICKS),
    );
    const seen = new Set<string>();
    const property = fc.asyncProperty(text, async (username) => {
      const { status } = await make(username);
      const known = seen.has(nameKey(username));
      seen.add(nameKey(username));
      expect([status, username]).toEqual([known && status !== 400 ? 409 : status, username]);
      expect([201, 400, 409]).toContain(status);
      expect(nameKey(nameKey(username))).toBe(nameKey(username));
    });
    await fc.assert(property, { numRuns: 200, seed: 15 });
  });

  test('S-15 twin: where texts are taken as they come, every one of these fails', async () => {
    mockForms.off = true;
    const { doubled } = await twins(/register|users$/);
    expect(new Set(doubled.map((text) => text.split(' ')[2])).size).toBeGreaterThan(2);
    expect((await device()).length).toBeGreaterThan(10);
    expect((await addresses()).length).toBeGreaterThan(10);
    expect((await sizes()).length).toBeGreaterThan(10);
  });
});
