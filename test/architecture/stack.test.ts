import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

function sources(directory: string, suffix: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(suffix))
    .map((path) => join(directory, path));
}

/** Imports of DTOs that the compiler erases, and with them the validation. */
function erasedDtos(source: string): string[] {
  const imports = source.match(/import\s[^;]*?from\s+'[^']+'/g) ?? [];
  return imports.filter((statement) => {
    const fromDtos = /from\s+'[^']*(dto|decode)[^']*'$/.test(statement);
    const asType = /^import\s+type\b/.test(statement);
    return (
      (fromDtos && (asType || /[{,]\s*type\s/.test(statement))) ||
      (asType && /\w+(Dto|Query)\b/.test(statement))
    );
  });
}

interface LockFile {
  readonly packages: Record<
    string,
    { readonly version?: string; readonly resolved?: string; readonly link?: boolean }
  >;
}

describe('the stack', () => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile;

  test('one Fastify is installed, the pinned one, and Nest runs on it', () => {
    const copies = Object.entries(lock.packages).filter(([path]) =>
      /(^|\/)node_modules\/fastify$/.test(path),
    );
    expect(copies.map(([path, { version }]) => [path, version])).toEqual([
      ['node_modules/fastify', '5.12.8'],
    ]);
    const nest = require.resolve('@nestjs/platform-fastify');
    const used = require.resolve('fastify/package.json', { paths: [nest] });
    expect(used).toBe(join(ROOT, 'node_modules/fastify/package.json'));
    expect(JSON.parse(readFileSync(used, 'utf8'))).toMatchObject({ version: '5.12.8' });
  });

  test('the lock file names no registry: packages come from whichever the installer trusts', () => {
    const resolved = Object.entries(lock.packages).filter(
      ([, { resolved }]) => resolved !== undefined,
    );
    expect(resolved.map(([path]) => path)).toEqual([]);
  });

  test('S-02 no controller imports a DTO as a type, which would switch its validation off', () => {
    const controllers = sources('src', '.controller.ts');
    expect(controllers.length).toBeGreaterThan(5);
    const erased = controllers.flatMap((path) =>
      erasedDtos(readFileSync(join(ROOT, path), 'utf8')).map(
        (statement) => `${path}: ${statement}`,
      ),
    );
    expect(erased).toEqual([]);
  });

  test('S-02 twin: such imports are recognised', () => {
    const bad = [
      "import type { CreateAppDto } from './dto/apps.dto'",
      "import { type CreateAppDto, UpdateAppDto } from './dto/apps.dto'",
      "import {\n  UpdateAppDto,\n  type CreateAppDto,\n} from './dto/apps.dto'",
      "import type { PageQuery } from '../../../platform/http'",
    ];
    expect(bad.map((statement) => erasedDtos(`${statement};\n`).length)).toEqual([1, 1, 1, 1]);
    expect(erasedDtos("import { CreateAppDto } from './dto/apps.dto';\n")).toEqual([]);
  });
});
