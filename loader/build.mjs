// Builds the templates of the loaders from their sources: `npm run build:loaders`. With `--check` it builds them aside and
// compares them, byte for byte, with those that are committed. The sources, and the compilers of Debian 12, decide every
// byte: no date, no path and no name of a machine goes in.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const TEMPLATES = join(HERE, 'templates');
const MANIFEST = 'manifest.json';

const COMMON = [
  ...['-std=c++17', '-Os', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-fno-rtti'],
  ...['-ffunction-sections', '-fdata-sections', '-fno-ident', '-fno-asynchronous-unwind-tables'],
  ...['-fstack-protector-strong', '-fvisibility=hidden', '-frandom-seed=latchkey'],
  `-ffile-prefix-map=${HERE}=loader`,
];

/** Executables: what compiles them, and for which system. */
const EXECUTABLES = [
  {
    name: 'loader_cpp.exe',
    folder: 'windows',
    compiler: 'x86_64-w64-mingw32-g++-win32',
    strip: 'x86_64-w64-mingw32-strip',
    package: 'g++-mingw-w64-x86-64-win32',
    flags: [
      ...[
        '-DUNICODE',
        '-D_UNICODE',
        '-DNOMINMAX',
        '-DWIN32_LEAN_AND_MEAN',
        '-D_WIN32_WINNT=0x0603',
      ],
      ...[
        '-municode',
        '-static',
        '-Wl,--gc-sections',
        '-Wl,--no-insert-timestamp',
        '-Wl,--dynamicbase',
      ],
      ...['-Wl,--nxcompat', '-Wl,--high-entropy-va'],
    ],
    libraries: [],
  },
  {
    name: 'loader_cpp_linux.elf',
    folder: 'linux',
    compiler: 'x86_64-linux-gnu-g++',
    strip: 'x86_64-linux-gnu-strip',
    package: 'g++',
    flags: [
      ...['-pie', '-fPIE', '-D_FORTIFY_SOURCE=2', '-static-libstdc++', '-static-libgcc'],
      ...[
        '-Wl,--gc-sections',
        '-Wl,--build-id=none',
        '-Wl,--hash-style=gnu',
        '-Wl,-z,relro,-z,now',
      ],
    ],
    libraries: ['-ldl'],
  },
];

/** Loaders that are text: they are their own templates. */
const SCRIPTS = ['loader_javascript.cjs', 'loader_powershell.ps1', 'loader_python.py'];

function sourcesOf(folder) {
  return ['core', folder].flatMap((part) =>
    readdirSync(join(HERE, part))
      .filter((file) => file.endsWith('.cpp'))
      .sort()
      .map((file) => join(part, file)),
  );
}

function compile(
  { name, folder, compiler, strip, package: packageName, flags, libraries },
  output,
) {
  const path = join(output, name);
  // In a folder of their own and by relative paths, in the language of nobody: nothing of this machine is seen.
  const environment = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    SOURCE_DATE_EPOCH: '0',
    TMPDIR: output,
  };
  const options = { cwd: HERE, env: environment, stdio: ['ignore', 'inherit', 'inherit'] };
  try {
    const args = [...COMMON, ...flags, ...sourcesOf(folder), '-o', path, ...libraries];
    execFileSync(compiler, args, options);
    execFileSync(strip, ['--strip-all', '--remove-section=.comment', path], options);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${error.path} is missing; on Debian 12: apt-get install ${packageName}`, {
      cause: error,
    });
  }
  return readFileSync(path);
}

function build() {
  const output = mkdtempSync(join(tmpdir(), 'latchkey-loaders-'));
  try {
    const built = EXECUTABLES.map((target) => [target.name, compile(target, output)]);
    const scripts = SCRIPTS.map((name) => [name, readFileSync(join(TEMPLATES, name))]);
    return new Map([...built, ...scripts].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function manifestOf(templates) {
  const digests = [...templates].map(([name, bytes]) => [
    name,
    createHash('sha256').update(bytes).digest('hex'),
  ]);
  return Buffer.from(`${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);
}

const templates = build();
const files = new Map([...templates, [MANIFEST, manifestOf(templates)]]);
let different = 0;
for (const [name, bytes] of files) {
  const path = join(TEMPLATES, name);
  if (!process.argv.includes('--check')) writeFileSync(path, bytes);
  let same = false;
  try {
    same = readFileSync(path).equals(bytes);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (!same) different++;
  console.log(`${same ? 'same' : 'DIFFERENT'}  ${name}  ${bytes.length} bytes`);
}
if (different > 0) {
  console.error(
    'The committed templates are not what their sources make: npm run build:loaders, and commit them.',
  );
  process.exit(1);
}
