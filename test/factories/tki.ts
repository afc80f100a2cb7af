import { Answer, http } from '../support/http';
import { TestSeller, unique } from '.';

/** What a program says of itself [seed 003]. */
export interface Claim {
  readonly product?: unknown;
  readonly version?: unknown;
  readonly licensekey?: unknown;
  readonly ip?: unknown;
  readonly hwid?: unknown;
}

export interface TkiLicense {
  readonly id: string;
  readonly licensekey: string;
}

/** A seller's gateway with one product: the world of document 003. */
export class TestGateway {
  constructor(
    readonly seller: TestSeller,
    readonly apiKey: string,
    readonly productId: string,
    readonly product: string,
  ) {}

  /** The same gateway, asking another server process. */
  at(url: string): TestGateway {
    return new TestGateway(this.seller.at(url), this.apiKey, this.productId, this.product);
  }

  /** A claim about a licence that is good as it stands. */
  claim(licensekey: string, fields: Claim = {}): Claim {
    return {
      product: this.product,
      version: '1.0.0',
      licensekey,
      ip: '192.168.1.1',
      hwid: 'unique-hardware-id',
      ...fields,
    };
  }

  authenticate(licensekey: string, fields: Claim = {}): Promise<Answer> {
    return this.send({ data: this.claim(licensekey, fields) });
  }

  send(body: unknown, authorization: string = this.apiKey): Promise<Answer> {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    return http(this.seller.url).post('/api/license/auth', body, { headers });
  }

  async set(settings: object): Promise<void> {
    must(await this.seller.patch('/api/tki/settings', settings), 200);
  }

  path(rest = ''): string {
    return `/api/tki/products/${this.productId}${rest}`;
  }

  async licenses(terms: object = {}): Promise<TkiLicense[]> {
    return must(await this.seller.post(this.path('/licenses'), terms), 201) as TkiLicense[];
  }

  async license(terms: object = {}): Promise<TkiLicense> {
    return (await this.licenses(terms))[0]!;
  }

  async change(id: string, changes: object): Promise<void> {
    must(await this.seller.patch(this.path(`/licenses/${id}`), changes), 200);
  }

  async bindings(id: string): Promise<{ ips: string[]; hwids: string[] }> {
    return must(await this.seller.get(this.path(`/licenses/${id}`)), 200) as never;
  }

  async blacklist(type: string, value: string, more: object = {}): Promise<string> {
    const made = await this.seller.post('/api/tki/blacklist', { type, value, ...more });
    return (must(made, 201) as { id: string }).id;
  }

  async logs(query = ''): Promise<Record<string, unknown>[]> {
    return must(await this.seller.get(`/api/tki/logs${query}`), 200) as never;
  }
}

function must(answer: Answer, status: number): unknown {
  if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body.data;
}

/** A gateway with a product of its own, named like no other. */
export async function aGateway(seller: TestSeller, settings: object = {}): Promise<TestGateway> {
  const name = unique('Product');
  const product = must(await seller.post('/api/tki/products', { name }), 201) as { id: string };
  const found = must(await seller.get('/api/tki/settings'), 200) as { APIKey: string };
  const gateway = new TestGateway(seller, found.APIKey, product.id, name);
  if (Object.keys(settings).length > 0) await gateway.set(settings);
  return gateway;
}
