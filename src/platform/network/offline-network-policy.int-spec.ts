import { createWriteStream, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../config';
import { createLogger } from '../logging';
import { parseAddress } from './address';
import { NetworkListError, readNetworkList } from './network-list';
import { OfflineNetworkPolicy } from './offline-network-policy';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-vpn-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A new version of the list, put in place whole. */
function write(text: string): string {
  const path = join(folder, 'vpn.txt');
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

async function policyOn(path: string) {
  const config = parseConfig({ VPN_LIST_FILE: path, LOG_LEVEL: 'info' });
  const logs: string[] = [];
  const logger = createLogger(config, { write: (line: string) => void logs.push(line) });
  const policy = new OfflineNetworkPolicy(config, logger);
  const start = () => policy.onModuleInit();
  return { policy, logs, start, stop: () => policy.onApplicationShutdown() };
}

const LIST = `\uFEFF# networks of VPN providers
203.0.113.0/24   # documentation\r
\t198.51.100.7

2001:db8::/32
203.0.113.128/25
`;

describe('the list of VPN networks', () => {
  test('is read with comments, both versions, and merged', async () => {
    const { policy, start, stop } = await policyOn(write(LIST));
    expect(policy.judge('203.0.113.9')).toBe('unknown');
    await start();
    const judged = ['203.0.113.9', '::ffff:203.0.113.9', '198.51.100.7', '2001:db8:1::1'];
    expect(judged.map((ip) => policy.judge(ip))).toEqual(judged.map(() => 'vpn'));
    const clean = ['203.0.114.0', '198.51.100.8', '2001:db9::', '::1'];
    expect(clean.map((ip) => policy.judge(ip))).toEqual(clean.map(() => 'clean'));
    expect([null, '', 'unknown', '1.2.3'].map((ip) => policy.judge(ip))).toEqual(
      Array(4).fill('unknown'),
    );
    expect((await readNetworkList(write(LIST))).size).toBe(3);
    stop();
  });

  test('a bad file stops the start and names its first ten lines', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `bad ${index}`);
    const { start } = await policyOn(write(`10.0.0.0/8\n10.0.0.1/8\n${lines.join('\n')}`));
    const error = await start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkListError);
    const named = (error as Error).message.split('\n').slice(1);
    expect(named).toHaveLength(10);
    expect(named[0]).toBe(
      '  - line 2: "10.0.0.1/8" has bits set behind the prefix; the network is 10.0.0.0/8',
    );
    expect(named[9]).toMatch(/line 11: "bad 8" must be/);
  });

  test.each([
    ['nothing in it', '# only words\n\n', /names no network at all/],
    ['a line without an end', `10.0.0.0/8\n${'1'.repeat(100_000)}`, /line 2: is longer than 256/],
    ['binary', '\u0000\u0001', /line 1: "\\u0000\\u0001" must be/],
  ])('a file with %s is refused', async (_, text, problem) => {
    const { start } = await policyOn(write(text));
    await expect(start()).rejects.toThrow(problem);
  });

  test('a missing file stops the start', async () => {
    const { start } = await policyOn(join(folder, 'none'));
    await expect(start()).rejects.toThrow(/ENOENT/);
  });

  test('a new version takes the place of the old; a bad or missing one does not, and is told once', async () => {
    const path = write('10.0.0.0/8');
    const { policy, logs, start, stop } = await policyOn(path);
    await start();
    write('192.168.0.0/16');
    await policy.refresh();
    expect([policy.judge('10.1.1.1'), policy.judge('192.168.1.1')]).toEqual(['clean', 'vpn']);

    const errors = () => logs.filter((line) => line.includes('"level":"error"')).length;
    for (const spoil of [() => write('192.168.0.0/16\nnonsense'), () => rmSync(path)]) {
      const before = errors();
      spoil();
      await policy.refresh();
      await policy.refresh();
      expect(errors()).toBe(before + 1);
      expect(policy.judge('192.168.1.1')).toBe('vpn');
    }
    expect(logs.join('')).toContain('line 2: ');
    write('172.16.0.0/12');
    await policy.refresh();
    expect([policy.judge('192.168.1.1'), policy.judge('172.16.0.1')]).toEqual(['clean', 'vpn']);
    stop();
  });

  test('a million lines load in bounded memory and are judged in a moment', async () => {
    const path = join(folder, 'million.txt');
    const file = createWriteStream(path);
    const thousand: string[] = [];
    for (let index = 0; index < 1_000_000; index++) {
      // Scattered over the whole space, so that nothing merges; every fourth in IPv6.
      const at = (index * 4_292_361) % 0x1000000;
      const bytes = [at >>> 16, (at >>> 8) & 0xff, at & 0xff];
      const hex = at.toString(16).padStart(6, '0');
      const line =
        index % 4 === 0
          ? `2001:db8:${hex.slice(0, 4)}:${hex.slice(4)}::/64`
          : `${bytes.join('.')}.0/25`;
      file.write(`${line}\n`);
      if (index < 1_000) thousand.push(line);
    }
    await new Promise((resolve) => file.end(resolve));

    const before = process.memoryUsage().arrayBuffers;
    const list = await readNetworkList(path);
    expect(list.size).toBe(1_000_000);
    const heldMiB = (process.memoryUsage().arrayBuffers - before) / 2 ** 20;
    expect(heldMiB).toBeLessThan(128);

    // A thousand times as many, twice as many steps: by this process's own time, which load of the
    // machine does not stretch.
    const few = await readNetworkList(write(thousand.join('\n')));
    const address = parseAddress('198.51.100.7')!;
    const cost = (of: typeof list) => {
      const start = process.cpuUsage();
      for (let round = 0; round < 300_000; round++) of.has(address);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    const costs = [list, few, list, few, list, few].map(cost);
    const [many, some] = [0, 1].map((which) =>
      Math.min(...costs.filter((_, index) => index % 2 === which)),
    );
    expect(many! / some!).toBeLessThan(10);
  }, 300_000);
});
