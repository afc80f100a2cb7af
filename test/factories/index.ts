import { Answer, http, RequestOptions } from '../support/http';

let counter = 0;
/** A text no other test uses. */
export function unique(prefix: string): string {
  return `${prefix}${process.pid.toString(36)}${(counter++).toString(36)}`;
}

export const PASSWORD = 'securepass123';

function data<T>(answer: Answer, status: number): T {
  if (answer.status !== status) {
    throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  }
  return answer.body.data as T;
}

/** A seller of a test's own, signed in. */
export class TestSeller {
  constructor(
    readonly url: string,
    readonly id: string,
    readonly email: string,
    readonly accessToken: string,
    readonly refreshToken: string,
  ) {}

  /** The same seller, asking another server process. */
  at(url: string): TestSeller {
    return new TestSeller(url, this.id, this.email, this.accessToken, this.refreshToken);
  }

  private options(options: RequestOptions = {}): RequestOptions {
    return { token: this.accessToken, ...options };
  }

  get(path: string, options?: RequestOptions) {
    return http(this.url).get(path, this.options(options));
  }
  post(path: string, body?: unknown, options?: RequestOptions) {
    return http(this.url).post(path, body, this.options(options));
  }
  patch(path: string, body?: unknown, options?: RequestOptions) {
    return http(this.url).patch(path, body, this.options(options));
  }
  put(path: string, body?: unknown, options?: RequestOptions) {
    return http(this.url).put(path, body, this.options(options));
  }
  delete(path: string, options?: RequestOptions) {
    return http(this.url).delete(path, this.options(options));
  }
}

export async function aSeller(url: string): Promise<TestSeller> {
  const email = `${unique('seller')}@example.com`;
  const body = { email, password: PASSWORD, name: 'Test Seller' };
  const made = data<{ id: string; accessToken: string; refreshToken: string }>(
    await http(url).post('/v1/auth/register', body),
    201,
  );
  return new TestSeller(url, made.id, email, made.accessToken, made.refreshToken);
}

export interface MadeLicense {
  readonly id: string;
  readonly key: string;
  readonly status: string;
}

export interface MadeFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** A form with a file in it, as a browser would send it. */
export function aForm(content: string, fields: Readonly<Record<string, string>>) {
  const border = 'a-border-between-parts';
  const part = (name: string, more: string, value: string) =>
    `--${border}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const parts = [
    ...Object.entries(fields).map(([name, value]) => part(name, '', value)),
    part('file', '; filename="form.exe"\r\nContent-Type: application/octet-stream', content),
    `--${border}--\r\n`,
  ];
  const contentType = `multipart/form-data; boundary=${border}`;
  return { contentType, body: Buffer.from(parts.join('')) };
}

/** An application of a test's own, with its seller. */
export class TestApp {
  constructor(
    readonly seller: TestSeller,
    readonly id: string,
    readonly apiKey: string,
  ) {}

  /** Path below the application's admin routes. */
  path(rest = ''): string {
    return `/v1/admin/apps/${this.id}${rest}`;
  }

  /** The same application, asking another server process. */
  at(url: string): TestApp {
    return new TestApp(this.seller.at(url), this.id, this.apiKey);
  }

  /** One client request: `POST /v1` with the application's credentials. */
  call(type: string, fields: object = {}, options?: RequestOptions): Promise<Answer> {
    const body = { type, appId: this.id, apiKey: this.apiKey, ...fields };
    return http(this.seller.url).post('/v1', body, options);
  }

  async licenses(terms: object = {}): Promise<MadeLicense[]> {
    const body = { durationType: '30d', ...terms };
    return data(await this.seller.post(this.path('/licenses'), body), 201);
  }

  async license(terms: object = {}): Promise<MadeLicense> {
    return (await this.licenses({ ...terms, count: 1 }))[0]!;
  }

  /** A reseller with 50 credits unless told otherwise, signed in. */
  async reseller(terms: object = {}): Promise<TestReseller> {
    const username = unique('reseller');
    const body = { username, password: PASSWORD, balance: 50, ...terms };
    const { id } = data<{ id: string }>(await this.seller.post(this.path('/resellers'), body), 201);
    const token = await this.signInReseller(username);
    return new TestReseller(this.seller.url, this, id, username, token);
  }

  /** Signs a reseller in and gives the token. */
  async signInReseller(username: string, password = PASSWORD): Promise<string> {
    const body = { appId: this.id, apiKey: this.apiKey, username, password };
    const answer = await http(this.seller.url).post('/v1/reseller/login', body);
    return data<{ token: string }>(answer, 200).token;
  }

  /** A user registered with a fresh key, on no device unless one is given. */
  async user(options: { hwid?: string; username?: string; terms?: object } = {}) {
    const license = await this.license(options.terms);
    const username = options.username ?? unique('user');
    const fields = { username, password: PASSWORD, licenseKey: license.key, hwid: options.hwid };
    const answer = await this.call('register', fields);
    if (answer.status !== 200) throw new Error(`register: ${answer.text}`);
    const found = await this.seller.get(this.path(`/users?search=${encodeURIComponent(username)}`));
    return { id: found.body.data[0].id as string, username, password: PASSWORD, license };
  }

  /** A file with that content, which every level gets unless told otherwise. */
  async file(content: string | Uint8Array, facts: object = {}): Promise<MadeFile> {
    const body = { name: `${unique('file')}.bin`, ...facts };
    const { id } = data<{ id: string }>(await this.seller.post(this.path('/files'), body), 201);
    return data<MadeFile>(await this.upload(id, content), 200);
  }

  /** Sends the content of a file. */
  upload(fileId: string, content: string | Uint8Array, options?: RequestOptions): Promise<Answer> {
    const raw = typeof content === 'string' ? Buffer.from(content) : content;
    const headers = { 'content-type': 'application/octet-stream', ...options?.headers };
    const path = this.path(`/files/${fileId}/content`);
    return this.seller.put(path, undefined, { ...options, headers, raw });
  }

  /** Uploads a file by form (D-B6). */
  uploadForm(content: string, fields: Record<string, string> = {}): Promise<Answer> {
    const { contentType, body } = aForm(content, { appId: this.id, ...fields });
    const headers = { 'content-type': contentType };
    return this.seller.post('/v1/admin/files/upload', undefined, { headers, raw: body });
  }

  /** Signs a user in and gives the session token. */
  async login(username: string, hwid?: string): Promise<string> {
    const answer = await this.call('login', { username, password: PASSWORD, hwid });
    return data<{ sessionToken: string }>(answer, 200).sessionToken;
  }
}

/** A reseller of a test's own. */
export class TestReseller {
  constructor(
    readonly url: string,
    readonly app: TestApp,
    readonly id: string,
    readonly username: string,
    readonly token: string,
  ) {}

  /** The same reseller, asking another server process. */
  at(url: string): TestReseller {
    return new TestReseller(url, this.app, this.id, this.username, this.token);
  }

  get(path: string, options?: RequestOptions) {
    return http(this.url).get(`/v1/reseller${path}`, { token: this.token, ...options });
  }
  post(path: string, body?: unknown, options?: RequestOptions) {
    return http(this.url).post(`/v1/reseller${path}`, body, { token: this.token, ...options });
  }
  delete(path: string, options?: RequestOptions) {
    return http(this.url).delete(`/v1/reseller${path}`, { token: this.token, ...options });
  }

  generate(terms: object = {}, options?: RequestOptions) {
    return this.post('/licenses', { durationType: '30d', ...terms }, options);
  }

  /** Keys that were made and paid for. */
  async keys(terms: object = {}): Promise<MadeLicense[]> {
    return data(await this.generate(terms), 201);
  }

  async balance(): Promise<number> {
    return data<{ balance: number }>(await this.get('/balance'), 200).balance;
  }

  /** Path of the seller's routes about this reseller. */
  path(rest = ''): string {
    return this.app.path(`/resellers/${this.id}${rest}`);
  }
}

export async function anApp(owner: string | TestSeller, settings: object = {}): Promise<TestApp> {
  const seller = typeof owner === 'string' ? await aSeller(owner) : owner;
  const made = data<{ id: string; apiKey: string }>(
    await seller.post('/v1/admin/apps', { name: 'Test App' }),
    201,
  );
  const app = new TestApp(seller, made.id, made.apiKey);
  if (Object.keys(settings).length > 0) data(await seller.patch(app.path(), settings), 200);
  return app;
}
