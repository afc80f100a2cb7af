import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const CONFIG = join(ROOT, '.dependency-cruiser.cjs');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** path → what it imports: by value, or as `type …`, or as `dynamic …`. */
type Tree = Record<string, string[]>;

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** A house in small that keeps every rule: each allowed direction is walked at least once. */
const CLEAN: Tree = {
  'src/main.ts': ['./app.module', './bootstrap/app'],
  'src/worker.ts': [],
  'src/app.module.ts': [
    './modules/licenses',
    './modules/licenses/http/licenses-http.module',
    './dialects/dialects.module',
    './entities',
    '@nestjs/common',
  ],
  'src/entities.ts': ['./modules/licenses/entities/license.entity'],
  'src/modules/licenses/http/licenses-http.module.ts': ['./licenses.controller', '@nestjs/common'],
  'src/bootstrap/app.ts': ['../config/config', '../platform/http/guard', 'fastify'],
  'src/cli/seed.ts': ['../modules/sellers', '../platform/database/source'],
  'src/config/config.ts': ['../kernel/duration'],
  'src/kernel/duration.ts': ['./ids'],
  'src/kernel/ids.ts': [],
  'src/platform/clock/clock.ts': ['../../kernel/duration', 'node:crypto'],
  'src/platform/crypto/hash.ts': ['node:crypto', 'bcrypt'],
  'src/platform/database/embedded/endpoint.ts': ['node:crypto'],
  'src/platform/database/source.ts': ['typeorm', 'pg', '../../config/config'],
  'src/platform/http/guard.ts': ['@nestjs/common', 'fastify', '../../kernel/ids'],
  // Two files may know each other's types: the compiler erases one of the imports.
  'src/platform/http/registry.ts': ['./entry'],
  'src/platform/http/entry.ts': ['type ./registry'],
  'src/platform/outbox/entities/event.entity.ts': ['typeorm'],
  'src/platform/outbox/outbox.repository.ts': ['typeorm', './entities/event.entity', 'pg'],
  'src/modules/audit/index.ts': ['./audit.service'],
  'src/modules/audit/audit.service.ts': ['../../platform/outbox/outbox.repository'],
  'src/modules/sellers/index.ts': ['./sellers.service'],
  'src/modules/sellers/sellers.service.ts': ['../audit', '../../config/config'],
  'src/modules/apps/domain/app.ts': ['../../../kernel/ids'],
  'src/modules/webhooks/webhooks.module.ts': ['./index', './http/dto/hook.dto'],
  'src/modules/webhooks/index.ts': ['../../platform/outbox/outbox.repository'],
  'src/modules/webhooks/http/dto/hook.dto.ts': ['@nestjs/common'],
  // A route parameter is wire code that other modules' routes may share.
  'src/modules/apps/index.ts': ['./http/app-id.param'],
  'src/modules/apps/http/app-id.param.ts': ['@nestjs/common'],
  'src/modules/blacklist/index.ts': ['../../kernel/ids'],
  'src/modules/blacklist/blacklist.repository.ts': ['./entities/ban.entity'],
  'src/modules/blacklist/entities/ban.entity.ts': ['typeorm'],
  'src/modules/client-access/index.ts': ['../licenses', '../sellers'],
  'src/modules/sellers/sellers.service.int-spec.ts': ['../../../test/support/clock', 'fast-check'],
  // http/ stands above every level: a route of a lower module may ask a higher one, as long as no cycle comes of it.
  'src/modules/apps/http/apps.controller.ts': ['../../sellers', '../../licenses', 'fastify'],
  'src/modules/licenses/index.ts': ['./licenses.module', './domain/license'],
  'src/modules/licenses/licenses.module.ts': [
    './http/licenses.controller',
    './licenses.service',
    '../../platform/http/guard',
    '@nestjs/common',
  ],
  'src/modules/licenses/licenses.service.ts': [
    './licenses.repository',
    './domain/license',
    '../sellers',
    '../audit/index',
    '../../platform/crypto/hash',
  ],
  'src/modules/licenses/licenses.repository.ts': ['./entities/license.entity', 'typeorm'],
  'src/modules/licenses/entities/license.entity.ts': ['typeorm'],
  'src/modules/licenses/domain/license.ts': ['./key', '../../../kernel/ids'],
  'src/modules/licenses/domain/key.ts': [],
  'src/modules/licenses/http/licenses.controller.ts': [
    './dto/create.dto',
    '../licenses.service',
    '../../../platform/http/guard',
  ],
  'src/modules/licenses/http/dto/create.dto.ts': ['@nestjs/common'],
  'src/dialects/dialects.module.ts': ['./house/house.dialect', './tki/tki.dialect'],
  'src/dialects/house/house.dialect.ts': ['../../platform/http/guard', 'fastify'],
  'src/dialects/tki/tki.dialect.ts': [
    './tki.errors',
    '../../modules/licenses',
    '../../platform/clock/clock',
    '../../kernel/ids',
  ],
  'src/dialects/tki/tki.errors.ts': ['../../platform/http/guard'],
  'migrations/1-init.ts': ['typeorm'],
  'test/support/clock.ts': ['../../src/platform/clock/clock'],
};

/** A rule, and a file that breaks it and no other. (Two files, where it takes two.) */
const VIOLATIONS: [rule: string, files: Tree][] = [
  ['kernel-stands-alone', { 'src/kernel/bad-package.ts': ['@nestjs/common'] }],
  ['kernel-stands-alone', { 'src/kernel/bad-io.ts': ['node:fs'] }],
  ['kernel-stands-alone', { 'src/kernel/bad-layer.ts': ['../platform/clock/clock'] }],
  ['config-knows-only-the-kernel', { 'src/config/bad.ts': ['../platform/clock/clock'] }],
  ['platform-knows-no-module', { 'src/platform/http/bad.ts': ['../../modules/sellers'] }],
  ['module-looks-inwards', { 'src/modules/sellers/bad-up.ts': ['../../app.module'] }],
  ['module-through-its-index', { 'src/modules/licenses/bad.ts': ['../sellers/sellers.service'] }],
  ['module-through-its-index', { 'src/modules/files/bad.ts': ['type ../apps/domain/app'] }],
  ['module-level-0', { 'src/modules/audit/bad.ts': ['../sellers'] }],
  ['module-level-1', { 'src/modules/variables/bad-same.ts': ['../sellers'] }],
  ['module-level-1', { 'src/modules/sessions/bad-up.ts': ['dynamic ../licenses'] }],
  ['module-level-2', { 'src/modules/files/bad-same.ts': ['type ../licenses'] }],
  ['module-level-3', { 'src/modules/builder/bad-up.ts': ['../client-access'] }],
  ['module-level-4', { 'src/modules/transfer/bad-same.ts': ['../client-access'] }],
  ['module-has-a-level', { 'src/modules/gifts/gifts.service.ts': ['../../kernel/ids'] }],
  ['domain-knows-only-the-kernel', { 'src/modules/licenses/domain/bad.ts': ['../../sellers'] }],
  ['domain-knows-only-the-kernel', { 'src/modules/apps/domain/bad.ts': ['@nestjs/common'] }],
  [
    'domain-knows-only-the-kernel',
    { 'src/modules/sellers/domain/bad.ts': ['type ../sellers.service'] },
  ],
  [
    'entities-and-repositories-stay-home',
    { 'src/modules/resellers/bad-row.ts': ['type ../licenses/entities/license.entity'] },
  ],
  [
    'entities-and-repositories-stay-home',
    { 'src/modules/projects/bad-query.ts': ['../licenses/licenses.repository'] },
  ],
  [
    'index-exports-no-row-and-no-dto',
    {
      'src/modules/webhooks/index.ts': [
        '../../platform/outbox/outbox.repository',
        './http/dto/hook.dto',
      ],
    },
  ],
  [
    'index-exports-no-row-and-no-dto',
    { 'src/modules/blacklist/index.ts': ['type ./entities/ban.entity'] },
  ],
  [
    'http-is-the-outermost-layer',
    { 'src/modules/webhooks/bad.service.ts': ['type ./http/dto/hook.dto'] },
  ],
  ['http-is-the-outermost-layer', { 'src/modules/apps/bad.ts': ['../../platform/http/guard'] }],
  [
    'no-module-imports-a-dialect',
    { 'src/modules/licenses/http/bad.ts': ['../../../dialects/house/house.dialect'] },
  ],
  ['assembly-through-the-index', { 'src/cli/bad.ts': ['../modules/licenses/licenses.repository'] }],
  [
    'wiring-is-for-the-composition-root',
    { 'src/cli/bad-wiring.ts': ['../modules/licenses/http/licenses-http.module'] },
  ],
  [
    'tables-are-listed-once',
    { 'src/cli/bad-table.ts': ['../modules/licenses/entities/license.entity'] },
  ],
  ['dialect-looks-inwards', { 'src/dialects/tki/bad-config.ts': ['../../config/config'] }],
  [
    'dialect-through-module-index',
    { 'src/dialects/tki/bad-row.ts': ['type ../../modules/licenses/entities/license.entity'] },
  ],
  ['dialect-knows-no-database', { 'src/dialects/tki/bad-typeorm.ts': ['typeorm'] }],
  [
    'dialect-knows-no-database',
    { 'src/dialects/tki/bad-port.ts': ['../../platform/database/source'] },
  ],
  ['dialect-knows-no-other-dialect', { 'src/dialects/tki/bad.ts': ['../house/house.dialect'] }],
  ['typeorm-stays-with-the-rows', { 'src/modules/licenses/bad-typeorm.ts': ['type typeorm'] }],
  ['pg-stays-in-the-platform', { 'src/modules/licenses/bad-pg.ts': ['pg'] }],
  ['fastify-stays-on-the-wire', { 'src/modules/licenses/bad-reply.ts': ['type fastify'] }],
  ['crypto-stays-in-the-platform', { 'src/modules/licenses/bad-random.ts': ['node:crypto'] }],
  ['crypto-stays-in-the-platform', { 'src/platform/http/bad-hash.ts': ['bcrypt'] }],
  [
    'no-cycle',
    { 'src/platform/http/chicken.ts': ['./egg'], 'src/platform/http/egg.ts': ['./chicken'] },
  ],
  ['no-orphan', { 'src/platform/http/forgotten.ts': [] }],
  ['tests-stay-out-of-the-product', { 'src/config/bad-test.ts': ['../../test/support/clock'] }],
  [
    'tests-stay-out-of-the-product',
    { 'src/modules/sellers/bad-spec.ts': ['./sellers.service.int-spec'] },
  ],
  ['migrations-stand-alone', { 'migrations/2-bad.ts': ['../src/kernel/ids'] }],
  ['product-runs-on-production-packages', { 'src/platform/http/bad-dev.ts': ['fast-check'] }],
  ['product-runs-on-production-packages', { 'src/platform/http/bad-stray.ts': ['stray'] }],
  ['no-unresolved-import', { 'src/platform/http/bad-path.ts': ['./nowhere'] }],
];

const PACKAGES = ['@nestjs/common', 'bcrypt', 'fastify', 'pg', 'typeorm'];
const DEV_PACKAGES = ['fast-check'];

function statementOf(imported: string, i: number): string {
  const [from = '', how] = imported.split(' ').reverse();
  if (how === 'dynamic') return `export const used${i} = import('${from}');`;
  if (how === 'type')
    return `import type * as Used${i} from '${from}'; export type U${i} = typeof Used${i};`;
  return `import * as used${i} from '${from}'; export const u${i}: unknown = used${i};`;
}

const sourceOf = (imports: string[]) => [...imports.map(statementOf), 'export {};', ''].join('\n');

function put(directory: string, path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

function plant(directory: string, tree: Tree): void {
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const manifest = {
    dependencies: versions(PACKAGES),
    devDependencies: versions(DEV_PACKAGES),
  };
  put(directory, 'package.json', JSON.stringify(manifest));
  for (const name of [...PACKAGES, ...DEV_PACKAGES, 'stray']) {
    put(directory, `node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    put(directory, `node_modules/${name}/index.js`, '');
  }
  for (const [path, imports] of Object.entries(tree)) put(directory, path, sourceOf(imports));
  copyFileSync(join(ROOT, 'tsconfig.json'), join(directory, 'tsconfig.json'));
}

function violationsIn(tree: Tree): Violation[] {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-borders-'));
  try {
    plant(directory, tree);
    const args = [CRUISER, '--config', CONFIG, '--output-type', 'json', 'src', 'migrations'];
    const run = spawnSync(process.execPath, args, {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (run.stdout === '') throw new Error(run.stderr);
    const { summary } = JSON.parse(run.stdout) as { summary: { violations: Violation[] } };
    return summary.violations;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function ruleNames(): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the configuration is CommonJS, read as the tool reads it
  const { forbidden } = require(CONFIG) as { forbidden: { name: string }[] };
  return forbidden.map(({ name }) => name);
}

const described = (found: Violation[]) =>
  found.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);

describe('who may import whom', () => {
  const guilty: Tree = Object.assign({}, ...VIOLATIONS.map(([, files]) => files)) as Tree;
  let found: Violation[];

  beforeAll(() => {
    found = violationsIn({ ...CLEAN, ...guilty });
  }, 60_000);

  test('a house that keeps the rules is found clean', () => {
    expect(described(violationsIn(CLEAN))).toEqual([]);
  }, 60_000);

  test('each rule has a file that breaks it', () => {
    const broken = new Set(VIOLATIONS.map(([name]) => name));

    expect([...broken].sort()).toEqual(ruleNames().sort());
  });

  test.each(VIOLATIONS)('%s goes red, alone, for %j', (name, files) => {
    const reported = found.filter(({ from }) => from in files).map(({ rule }) => rule.name);

    expect([...new Set(reported)]).toEqual([name]);
  });

  test('no file is reported but those that break a rule', () => {
    expect(described(found.filter(({ from }) => !(from in guilty)))).toEqual([]);
  });
});
