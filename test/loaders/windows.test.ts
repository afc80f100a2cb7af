import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '../support/tools';
import { Bench, startLiar } from './support';

/** What the scripts do for Windows, where Windows itself is not. */
const NAME = 'DESKTOP-1234-ABCD';
const AS_ON_WINDOWS = {
  python: ['python3', join(__dirname, 'windows.py')],
  javascript: ['node', '--require', join(__dirname, 'windows.cjs')],
} as const;
const SCRIPTS = ['python', 'javascript'] as const;

describeWith(['python3'], 'a script for Windows', () => {
  let bench: Bench;
  beforeAll(() => (bench = new Bench()));
  afterAll(() => bench.close());

  /** What a loader says of a machine whose disk tells this. */
  async function about(language: (typeof SCRIPTS)[number], volume: string, name = NAME) {
    const [program, ...words] = [...AS_ON_WINDOWS[language], bench.make(language, {}), '--about'];
    const env = { PATH: process.env['PATH'], VOLUME: volume, COMPUTERNAME: name };
    return promisify(execFile)(program, words, { env });
  }

  const ID = createHash('md5').update(`00ABCDEF${NAME}`).digest('hex');

  test.each([
    ['python', '00abcdef'],
    ['javascript', ' Volume in drive C is DEAD-BEEF\r\n Volume Serial Number is 00AB-CDEF\r\n'],
    ['javascript', ' Datenträger in C: ist System.\r\n Seriennummer: 00AB-CDEF\r\n\r\n'],
    ['javascript', ' Taso C on Windows.\r\n Sarjanumero on 00AB-CDEF (taso).\r\n'],
  ] as const)('the id in %s is made of serial number and name: %j', async (language, volume) => {
    expect((await about(language, volume)).stdout).toContain(`This machine ${ID}`);
  });

  test.each([
    ['python', '', NAME],
    ['python', '00abcdef', ''],
    ['javascript', 'The system cannot find the path specified.\r\n', NAME],
    ['javascript', ' Volume Serial Number is 00AB-CDEF\r\n', ''],
  ] as const)('without either, %s refuses: %j of %j', async (language, volume, name) => {
    await expect(about(language, volume, name)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^This machine does not tell what its id is made of/),
    });
  });

  test.each(SCRIPTS)('no file of %s has the name of a device', async (language) => {
    const send = (_request: unknown, response: NodeJS.WritableStream) => void response.end('x');
    const names = ['NUL.txt', 'con .txt', 'Com¹', 'LPT³ .a', 'CONIN$', 'conout$.x', 'contents'];
    const folder = bench.newFolder();
    await Promise.all(
      names.map(async (name) => {
        const liar = await startLiar({ offer: { name }, send });
        const path = bench.make(language, { apiUrl: liar.url, fileId: 'abc123' });
        await bench.run(language, path, ['K'], '--folder', folder);
        liar.close();
      }),
    );
    const saved = names.map((name) => (name === 'contents' ? name : `_${name}`));
    expect(readdirSync(folder).sort()).toEqual(saved.sort());
  });
});
