import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { aSeller, PASSWORD, TestSeller } from '../factories';
import { aResetToken } from '../factories/account';
import { http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';

const NEW = 'an even better passphrase';

interface Page {
  readonly form: { hidden: boolean };
  readonly said: () => string;
  /** Fills the form in and sends it; resolves when the script is done. */
  submit(password: string, again?: string): Promise<void>;
  /** Addresses that the page asked. */
  readonly asked: string[];
}

describe('D-A19: the page that the mail links to', () => {
  let server: TestServer;
  let seller: TestSeller;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    seller = await aSeller(server.url);
  });

  const load = () => fetch(`${server.url}/reset-password`);
  const login = async (password: string) =>
    (await http(server.url).post('/v1/auth/login', { email: seller.email, password })).status;

  /** The script of the page at work in as much of a document as it uses. */
  async function open(link: string): Promise<Page> {
    const address = new URL(link);
    const [, script] = /<script>(.*)<\/script>/s.exec(await (await load()).text())!;
    const elements = { password: { value: '' }, again: { value: '' }, send: { disabled: false } };
    let onSubmit: (event: object) => Promise<void>;
    const form = {
      hidden: true,
      elements,
      addEventListener: (_: string, listener: typeof onSubmit) => (onSubmit = listener),
    };
    const output = { textContent: '' };
    const asked: string[] = [];
    runInNewContext(script!, {
      URLSearchParams,
      location: address,
      document: { querySelector: (name: string) => (name === 'form' ? form : output) },
      fetch: (to: string, options: object) => {
        asked.push(new URL(to, address).href);
        return fetch(new URL(to, address), options);
      },
    });
    return {
      form,
      said: () => output.textContent,
      asked,
      submit: (password, again = password) => {
        elements.password.value = password;
        elements.again.value = again;
        return onSubmit({ preventDefault: () => undefined });
      },
    };
  }
  const linked = async (seconds?: number) =>
    open(`${server.url}/reset-password#token=${await aResetToken(seller, seconds)}`);

  test('sets the new password with the token of the link', async () => {
    const page = await linked();
    expect([page.form.hidden, page.said(), page.asked]).toEqual([false, '', []]);
    await page.submit(NEW);
    expect([page.form.hidden, page.said()]).toEqual([true, 'Password set, sign in again']);
    expect(page.asked).toEqual([`${server.url}/v1/auth/reset-password`]);
    expect([await login(PASSWORD), await login(NEW)]).toEqual([401, 200]);
  });

  test('says what is wrong, and lets it be mended', async () => {
    const page = await linked();
    await page.submit(NEW, `${NEW}!`);
    expect([page.said(), page.asked]).toEqual(['The two passwords differ.', []]);
    await page.submit('short');
    expect(page.said()).toMatch(/^newPassword: must/);
    expect(page.form.hidden).toBe(false);
    await page.submit(NEW);
    expect(await login(NEW)).toBe(200);
  });

  test('of an old link says so', async () => {
    const page = await linked(-1);
    await page.submit(NEW);
    expect(page.said()).toBe('Invalid or expired reset token');
    expect(await login(PASSWORD)).toBe(200);
  });

  test('without a token, and with a server that is away', async () => {
    const { form, said } = await open(`${server.url}/reset-password`);
    expect([form.hidden, said()]).toEqual([
      true,
      'This link is not whole. Open it as it stands in the mail.',
    ]);
    const page = await open('http://127.0.0.1:9/reset-password#token=x');
    await page.submit(NEW);
    expect(page.said()).toBe('The server did not answer. Try again.');
  });

  test('S-34 runs its own script only, and nobody frames it', async () => {
    const answer = await load();
    const page = await answer.text();
    const policy = answer.headers.get('content-security-policy')!;
    for (const name of ['script', 'style']) {
      const blocks = [...page.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))];
      expect(blocks).toHaveLength(1);
      const hash = createHash('sha256').update(blocks[0]![1]!).digest('base64');
      expect(policy).toContain(`${name}-src 'sha256-${hash}';`);
    }
    expect(page).not.toMatch(/ (?:on\w+|style|src|href)=/);
    expect(policy).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});
