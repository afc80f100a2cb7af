import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { PROJECT_ROOT } from '../support/server';
import { describeWith } from '../support/tools';

/**
 * The hashes, the JSON and the file names of the loaders against Node's, in a program of their own
 * under the sanitizers: memory that is misused ends it.
 */
describeWith(['g++'], 'the core of the loaders', () => {
  let folder: string;
  let probe: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-probe-'));
    probe = join(folder, 'probe');
    const parts = ['test/probe', 'core/download', 'core/hash', 'core/json', 'core/server'];
    const sources = [...parts, 'core/terminal'].map((part) => `loader/${part}.cpp`);
    const flags = ['-std=c++17', '-O0', '-g0', '-fsanitize=address,undefined'];
    execFileSync('g++', [...flags, '-fno-sanitize-recover', ...sources, '-o', probe], {
      cwd: PROJECT_ROOT,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function ask(part: string, inputs: readonly (string | Uint8Array)[]): string[] {
    const lines = inputs.map((one) => `${Buffer.from(one as string).toString('hex')}\n`);
    const environment = { ASAN_OPTIONS: 'detect_leaks=0' };
    const options = { input: lines.join(''), env: environment, maxBuffer: 1 << 28 };
    return execFileSync(probe, [part], options).toString().split('\n').slice(0, -1);
  }
  const text = (hex: string) => Buffer.from(hex, 'hex').toString();

  test.each(['md5', 'sha256'])('%s is what Node says, at every length of a block', (algorithm) => {
    const inputs = Array.from({ length: 200 }, (_, length) => randomBytes(length));
    const expected = inputs.map((one) => createHash(algorithm).update(one).digest('hex'));
    expect(ask(algorithm, inputs)).toEqual(expected);
  });

  test('a text written as JSON reads the same', () => {
    const texts = fc.sample(fc.string({ unit: 'binary' }), 300);
    const written = ask('write', texts).map((hex) => JSON.parse(text(hex)) as object);
    expect(written).toEqual(texts.map((one) => ({ a: one, b: one, c: false })));
  });

  test('JSON of every shape is read as Node reads it', () => {
    const values = fc
      .sample(fc.json(), 300)
      .map((json) => `{"x":${json},"a":"ä\\u00e4\\ud83d\\ude00"}`);
    expect(ask('json', values).map(text)).toEqual(values.map(() => 'ää😀'));
    const spaced = '\n{ "a" :\t[ 1 , {} , -0.5e+3 ] , "b" : null }\r\n';
    expect(ask('json', ['{"a":true}', '{"a":120}', '{"a":1.5}', '{}', '7', spaced])).toEqual([
      'true',
      '#120',
      '',
      '',
      '',
      '',
    ]);
  });

  test('what is no JSON is refused', () => {
    const bad = [
      ...[
        '',
        ' ',
        '{',
        '}',
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        '[1,]',
        '[1 2]',
        '{"a":1}x',
        'nul',
        '01',
      ],
      ...['1.', '.5', '1e', '+1', '-', '"\\x"', '"\\u12"', '"\\u12g4"', '"\\ud800"', '"\\udc00"'],
      ...['"\\ud800\\u0041"', '"a', '"\n"', "{'a':1}", '{a:1}', '[', `${'['.repeat(100)}`, '"\\'],
      `${'['.repeat(40)}${']'.repeat(40)}`,
    ];
    expect(ask('json', bad)).toEqual(bad.map(() => '-'));
  });

  test('bytes of any kind do not break it', () => {
    const good = Buffer.from('{"a":["\\u00e4",{"b":-1.5e3}],"c":"\\ud83d\\ude00"}');
    const spoilt = Array.from({ length: 3_000 }, () => {
      const copy = Buffer.from(good);
      const at = randomBytes(2);
      copy[at[0]! % copy.length] = at[1]!;
      return copy.subarray(0, at[1]! % 3 === 0 ? at[0]! % copy.length : undefined);
    });
    expect(ask('json', spoilt)).toHaveLength(3_000);
  });

  test('a name from the server becomes the name of a plain file', () => {
    const names: readonly (readonly [given: string, name: string])[] = [
      ['update.zip', 'update.zip'],
      ['Über uns.pdf', 'Über uns.pdf'],
      ['../../.ssh/authorized_keys', '_.._.ssh_authorized_keys'],
      ['C:\\Windows\\x.dll', 'C__Windows_x.dll'],
      ['...', 'download'],
      ['', 'download'],
      ['nul.txt', '_nul.txt'],
      ['COM1', '_COM1'],
      ['CON .txt', '_CON .txt'],
      ['Com¹.txt', '_Com¹.txt'],
      ['LPT³', '_LPT³'],
      ['conin$', '_conin$'],
      ['CONOUT$ .a.b', '_CONOUT$ .a.b'],
      ['company.txt', 'company.txt'],
      ['COM12', 'COM12'],
      ['contents', 'contents'],
      ['a\u001b[2Jb\u0085c\n', 'a [2Jb c'],
      ['ä'.repeat(200), 'ä'.repeat(90)],
    ];
    const given = ask(
      'name',
      names.map(([one]) => one),
    );
    expect(given.map(text)).toEqual(names.map(([, name]) => name));
  });
});
