import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUTH_TYPES, KINDS, LANGUAGES, loaderFileName } from './languages';
import { configText, LoaderConfig, plainApiUrl } from './loader-config';
import { BODY_MAX, configIn, patched } from './region';
import { filledIn } from './script';
import { signedConfig } from './signed-config';

const TEMPLATES = join(__dirname, '../../../../loader/templates');
const EXECUTABLES = LANGUAGES.filter((language) => KINDS[language].form === 'executable');
const SCRIPTS = LANGUAGES.filter((language) => KINDS[language].form === 'script');
const templateOf = (language: (typeof LANGUAGES)[number]) =>
  readFileSync(join(TEMPLATES, KINDS[language].template));

const CONFIG: LoaderConfig = {
  appId: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d',
  apiKey: 'as_0123456789abcdef0123456789abcdef',
  apiUrl: 'https://licences.example.com',
  title: 'My App Loader',
  authType: 'both',
};
const NASTY = `Ünï "q" 'q' \`q\` \\ $HOME \${x} ''' @LATCHKEY_SIGNATURE@ 🚀`;

/** What a name in a header, and on a disk, may be. */
const SAFE = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)\.)[a-z0-9](?:[a-z0-9_-]|\.(?!\.))*$/i;
const NAMES: readonly (readonly [title: string, name: string])[] = [
  ['My App Loader', 'My_App_Loader_loader.exe'],
  ['My App 1.2', 'My_App_1.2_loader.exe'],
  ['../../etc/passwd', 'etc_passwd_loader.exe'],
  ['..\\..\\Windows\\System32', 'Windows_System32_loader.exe'],
  ['a/../b', 'a_._b_loader.exe'],
  ['.bashrc', 'bashrc_loader.exe'],
  ['-rf', 'rf_loader.exe'],
  ['x"; filename="evil.exe', 'x___filename__evil.exe_loader.exe'],
  ['a\r\nSet-Cookie: b=c', 'a__Set-Cookie__b_c_loader.exe'],
  ['Zürich', 'Z_rich_loader.exe'],
  ['ｌｏａｄｅｒ', 'loader_loader.exe'],
  ['програма', 'app_loader.exe'],
  ['C:', 'C__loader.exe'],
  ['CON.x', 'CON_x_loader.exe'],
  ['Com¹.x.y', 'Com1_x.y_loader.exe'],
  ['x'.repeat(70), `${'x'.repeat(64)}_loader.exe`],
];

describe('loaderFileName', () => {
  test.each(NAMES)('of %j is %s', (title, name) => {
    expect(loaderFileName(title, 'cpp')).toBe(name);
    expect(name).toMatch(SAFE);
  });

  test('each language has its own end', () => {
    expect(LANGUAGES.map((language) => loaderFileName('A', language))).toEqual([
      'A_loader.exe',
      'A_loader',
      'A_loader.py',
      'A_loader.js',
      'A_loader.ps1',
    ]);
  });

  test('S-29 twin: a name that is only the title with `_` for spaces is not safe', () => {
    const naive = NAMES.map(([title]) => `${title.replaceAll(' ', '_')}_loader.exe`);
    const unsafe = naive.filter((name) => !SAFE.test(name));
    expect(unsafe).toHaveLength(NAMES.length - 3);
  });
});

describe('configText', () => {
  test('is JSON that says what went in, in characters that no language minds', () => {
    for (const authType of AUTH_TYPES) {
      const config = { ...CONFIG, authType, title: NASTY, fileId: 'abc123' };
      const text = configText(config);
      expect(JSON.parse(text)).toEqual({ v: 1, ...config });
      expect(text).toMatch(/^(?:[ !#%&()*+,\-./0-9:;<=>?A-Z[\]^_a-z{|}~"]|\\u[0-9a-f]{4})+$/);
    }
  });

  test('the largest one fits', () => {
    const apiUrl = plainApiUrl(`https://example.com/${'a'.repeat(492)}`)!;
    expect(apiUrl).toHaveLength(512);
    expect(plainApiUrl(`${apiUrl}a`)).toBeNull();
    const large = { ...CONFIG, apiUrl, title: '🚀'.repeat(64), fileId: '"'.repeat(64) };
    expect(configText(large).length).toBeLessThanOrEqual(BODY_MAX);
  });
});

describe('plainApiUrl', () => {
  test.each<[given: string, url: string | null]>([
    ['https://Licences.Example.com/', 'https://licences.example.com'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000/keys//', 'http://[::1]:3000/keys'],
    ['https://müller.example', 'https://xn--mller-kva.example'],
    ['https://example.com/a/../b', 'https://example.com/b'],
    ['https://example.com/?page=1', null],
    ['https://example.com/#top', null],
    ['https://user:secret@example.com', null],
    ["https://example.com/'", null],
    ['ftp://example.com', null],
    ['javascript:alert(1)', null],
    ['example.com', null],
  ])('%s is %s', (given, url) => {
    expect(plainApiUrl(given)).toBe(url);
  });
});

describe.each(EXECUTABLES)('the template of %s', (language) => {
  const template = templateOf(language);
  const body = Buffer.from(configText(CONFIG));
  const sealed = {
    body,
    digest: createHash('sha256').update(body).digest(),
    signature: Buffer.alloc(64, 7),
  };

  test('is small, and holds no configuration', () => {
    expect(template.length).toBeLessThan(300_000);
    expect(configIn(template)).toBeNull();
  });

  test('takes a configuration and gives it back, with nothing else changed', () => {
    const built = patched(template, sealed);
    expect(configIn(built)).toEqual(sealed);
    expect(signedConfig(built)).toMatchObject({ body, signature: sealed.signature });
    expect(built).toHaveLength(template.length);
    const changed = [...built.keys()].filter((at) => built[at] !== template[at]);
    const at = template.indexOf('LATCHKEY-LOADER\0');
    const outside = changed.filter((one) => one < at || one >= at + 4_096);
    // The checksum of a PE file: four bytes.
    expect(outside.length).toBeLessThanOrEqual(language === 'cpp' ? 4 : 0);
  });

  test('what stood there before is wiped, and what is too long is refused', () => {
    const long = { ...sealed, body: Buffer.alloc(BODY_MAX, 'x') };
    const again = patched(patched(template, long), sealed);
    expect(again.equals(patched(template, sealed))).toBe(true);
    const tooLong = { ...sealed, body: Buffer.alloc(BODY_MAX + 1, 'x') };
    expect(() => patched(template, tooLong)).toThrow('a configuration of');
  });

  test('without its section, or with another one of that name, it is refused', () => {
    const nameless = Buffer.from(template);
    nameless.write('.nope', nameless.indexOf('.lcfg'));
    expect(() => patched(nameless, sealed)).toThrow('no section .lcfg');
    expect(signedConfig(nameless)).toBeNull();
    const strange = Buffer.from(template);
    strange.write('X', strange.indexOf('LATCHKEY-LOADER\0'));
    expect(() => patched(strange, sealed)).toThrow('no section .lcfg');
    const neither = Buffer.from('neither PE nor ELF');
    expect(() => patched(neither, sealed)).toThrow('no section .lcfg');
    expect(signedConfig(neither)).toBeNull();
  });
});

test('the loader for Linux needs no newer glibc than its documents say', () => {
  const versions = templateOf('cpp-linux')
    .toString('latin1')
    .matchAll(/GLIBC_2\.(\d+)/g);
  expect(Math.max(...[...versions].map(([, minor]) => Number(minor)))).toBe(35);
});

test('the checksum of a PE file is the one its linker wrote', () => {
  const template = templateOf('cpp');
  const nothing = { body: Buffer.alloc(0), digest: Buffer.alloc(0), signature: Buffer.alloc(0) };
  expect(patched(template, nothing).equals(template)).toBe(true);
});

describe.each(SCRIPTS)('the template of %s', (language) => {
  test('takes a configuration as it is, even one that looks like a place', () => {
    const text = configText({ ...CONFIG, title: NASTY });
    const signature = Buffer.alloc(64, 7);
    const base64 = signature.toString('base64');
    const script = filledIn(templateOf(language).toString(), text, base64);
    expect(script.split(text)).toHaveLength(2);
    expect(script.split(base64)).toHaveLength(2);
    expect(signedConfig(Buffer.from(script))).toEqual({ body: Buffer.from(text), signature });
    expect(script).not.toContain('@LATCHKEY_');
  });

  test('without its places it is refused', () => {
    expect(() => filledIn('no place', 'c', 's')).toThrow('lacks its places');
  });
});
