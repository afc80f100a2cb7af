// Who may import whom: the proof of the eight rules of docs/architecture.md. `npm run check:deps` runs it, and
// test/architecture/dependency-rules.test.ts shows each rule going red.

/** The module graph has no cycle because a module imports only from the levels below its own (rule 3). */
const LEVELS = [
  ['audit', 'plans'],
  [
    'sellers',
    'apps',
    'operators',
    'webhooks',
    'blacklist',
    'sessions',
    'variables',
    'attempts',
    'client-logs',
    'referrals',
  ],
  ['licenses', 'files'],
  ['app-users', 'resellers', 'projects', 'builder', 'gateways'],
  ['client-access', 'transfer'],
];

const TEST_CODE = '\\.(int-)?spec\\.ts$';
const OWN_MODULE = '^src/modules/([^/]+)/';
const MODULE_HTTP = '^src/modules/[^/]+/http/';
const MODULE_DOMAIN = '^src/modules/[^/]+/domain/';
const MODULE_INDEX = '^src/modules/[^/]+/index\\.ts$';
const ENTITY = '^src/modules/[^/]+/entities/';
const HTTP_WIRING = '^src/modules/[^/]+/http/[^/]+-http\\.module\\.ts$';
const MODULE_WIRING = '^src/modules/[^/]+/[^/]+\\.module\\.ts$';
const ENTITY_OR_REPOSITORY = ['^src/modules/.+/entities/', '^src/modules/.+\\.repository\\.ts$'];
const OWN_DIALECT = '^src/dialects/([^/]+)/';

const any = (names) => `(${names.join('|')})`;
const modules = (names) => `^src/modules/${any(names)}/`;
const packages = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);

/** Every rule binds the product, not the specs that lie beside it. */
function rule(name, comment, from, to) {
  const spared = [from.pathNot ?? []].flat();
  return {
    name,
    comment,
    severity: 'error',
    from: { ...from, pathNot: [TEST_CODE, ...spared] },
    to,
  };
}

const kernelAndConfig = [
  rule(
    'kernel-stands-alone',
    'Rule 1: the kernel imports nothing of ours, no package and no part of Node: values and rules only.',
    { path: '^src/kernel/' },
    { path: '.', pathNot: '^src/kernel/' },
  ),
  rule(
    'config-knows-only-the-kernel',
    'The configuration is read before anything else exists.',
    { path: '^src/config/' },
    { path: '^src/', pathNot: ['^src/config/', '^src/kernel/'] },
  ),
  rule(
    'platform-knows-no-module',
    'Rule 2: modules register themselves in the registries of the platform, which never names one.',
    { path: '^src/platform/' },
    { path: '^src/', pathNot: ['^src/platform/', '^src/kernel/', '^src/config/'] },
  ),
];

const moduleBorders = [
  rule(
    'module-looks-inwards',
    'Rule 3: a module imports the kernel, the platform, the configuration and other modules; not what assembles it.',
    { path: OWN_MODULE },
    {
      path: '^src/',
      pathNot: [
        '^src/modules/',
        '^src/kernel/',
        '^src/platform/',
        '^src/config/',
        '^src/dialects/',
      ],
    },
  ),
  rule(
    'module-through-its-index',
    'Rule 3: what index.ts does not export is private to the module.',
    { path: OWN_MODULE, pathNot: MODULE_DOMAIN },
    {
      path: '^src/modules/',
      pathNot: ['^src/modules/$1/', MODULE_INDEX, ...ENTITY_OR_REPOSITORY],
    },
  ),
  ...LEVELS.flatMap((names, level) => {
    const outOfReach = LEVELS.slice(level).flat();
    if (outOfReach.length === 1) return []; // A module that stands alone at the top has nothing above or beside it.
    return rule(
      `module-level-${level}`,
      `Rule 3: ${names.join(', ')} may import only from below level ${level}. (http/ stands above every level.)`,
      { path: modules(names), pathNot: [MODULE_HTTP, MODULE_DOMAIN] },
      { path: modules(outOfReach), pathNot: '^src/modules/$1/' },
    );
  }),
  rule(
    'module-has-a-level',
    'Rule 3: a new module takes its place in LEVELS, in this file, before it imports anything.',
    { path: OWN_MODULE, pathNot: modules(LEVELS.flat()) },
    {},
  ),
  rule(
    'domain-knows-only-the-kernel',
    'Rule 4: domain rules are plain functions: no framework, no clock, no other part of the house.',
    { path: '^src/modules/([^/]+)/domain/' },
    { path: '.', pathNot: ['^src/kernel/', '^src/modules/$1/domain/'] },
  ),
  rule(
    'entities-and-repositories-stay-home',
    'Rule 5: across modules go ids, and a foreign key by string target.',
    { path: OWN_MODULE, pathNot: MODULE_DOMAIN },
    { path: ENTITY_OR_REPOSITORY, pathNot: '^src/modules/$1/' },
  ),
  rule(
    'index-exports-no-row-and-no-dto',
    'Rule 5: index.ts is the public surface: verbs, views and codes; never a row, a query or a wire shape.',
    { path: MODULE_INDEX },
    {
      path: [
        ...ENTITY_OR_REPOSITORY,
        '^src/modules/[^/]+/http/dto/',
        '^src/modules/.+\\.(controller|presenter)\\.ts$',
      ],
    },
  ),
  rule(
    'http-is-the-outermost-layer',
    'Rule 8: commands go in and views come out; only the wiring of a module sees its controllers and DTOs.',
    {
      path: OWN_MODULE,
      pathNot: [MODULE_HTTP, MODULE_WIRING, MODULE_INDEX, MODULE_DOMAIN],
    },
    { path: ['^src/modules/$1/http/', '^src/platform/http/'] },
  ),
  rule(
    'no-module-imports-a-dialect',
    'Rule 7: the domain does not know how many wires speak it.',
    { path: OWN_MODULE, pathNot: MODULE_DOMAIN },
    { path: '^src/dialects/' },
  ),
  rule(
    'assembly-through-the-index',
    'Rules 3 and 5 bind app.module, bootstrap and the command line as well.',
    { path: '^src/(bootstrap/|cli/|[^/]+\\.ts$)' },
    { path: '^src/modules/', pathNot: [MODULE_INDEX, HTTP_WIRING, ENTITY] },
  ),
  rule(
    'wiring-is-for-the-composition-root',
    'Only app.module assembles the HTTP sides of the modules.',
    { path: '^src/', pathNot: '^src/app\\.module\\.ts$' },
    { path: HTTP_WIRING },
  ),
  rule(
    'tables-are-listed-once',
    'Entities never leave their module; entities.ts lists them for the connection.',
    { path: '^src/(bootstrap/|cli/|[^/]+\\.ts$)', pathNot: '^src/entities\\.ts$' },
    { path: ENTITY },
  ),
];

const dialectBorders = [
  rule(
    'dialect-looks-inwards',
    'Rule 6: a dialect imports the kernel, the ports of the platform and the index of a module.',
    { path: OWN_DIALECT },
    {
      path: '^src/',
      pathNot: ['^src/dialects/', '^src/modules/', '^src/kernel/', '^src/platform/'],
    },
  ),
  rule(
    'dialect-through-module-index',
    'Rule 6: an adapter that needs more than a verb of a module lacks a verb: add it in the module.',
    { path: OWN_DIALECT },
    { path: '^src/modules/', pathNot: MODULE_INDEX },
  ),
  rule(
    'dialect-knows-no-database',
    'Rule 6: a dialect decodes and encodes; rows are none of its business.',
    { path: OWN_DIALECT },
    { path: ['^src/platform/database/', ...packages('typeorm', '@nestjs/typeorm', 'pg')] },
  ),
  rule(
    'dialect-knows-no-other-dialect',
    'Rule 6: no wire leans on another, the house wire included.',
    { path: OWN_DIALECT },
    { path: '^src/dialects/', pathNot: '^src/dialects/$1/' },
  ),
];

const packageHomes = [
  rule(
    'typeorm-stays-with-the-rows',
    'Rule 8: typeorm only in platform/database, entities/, *.repository.ts and migrations.',
    {
      path: '^src/',
      pathNot: [
        '^src/platform/database/',
        '/entities/',
        '\\.repository\\.ts$',
        '^src/dialects/',
        '^src/kernel/',
        MODULE_DOMAIN,
      ],
    },
    { path: packages('typeorm') },
  ),
  rule(
    'pg-stays-in-the-platform',
    'Rule 8: a second way to the database would be a second connection beside the transaction.',
    { path: '^src/', pathNot: ['^src/platform/', '^src/dialects/', '^src/kernel/', MODULE_DOMAIN] },
    { path: packages('pg') },
  ),
  rule(
    'fastify-stays-on-the-wire',
    'Rule 8: request and reply objects only in platform/http, modules/*/http, dialects and bootstrap.',
    {
      path: '^src/',
      pathNot: [
        '^src/platform/http/',
        MODULE_HTTP,
        '^src/dialects/',
        '^src/bootstrap/',
        '^src/kernel/',
        MODULE_DOMAIN,
      ],
    },
    { path: packages('fastify', '@fastify/[^/]+', '@nestjs/platform-fastify') },
  ),
  rule(
    'crypto-stays-in-the-platform',
    'Rule 8: randomness and hashing only through platform/crypto (and platform/clock). The embedded database draws its own: it runs before anything can be injected.',
    {
      path: '^src/',
      pathNot: ['^src/platform/(crypto|clock|database/embedded)/', '^src/kernel/', MODULE_DOMAIN],
    },
    { path: ['^(node:)?crypto$', ...packages('bcrypt')] },
  ),
];

const hygiene = [
  rule(
    'no-cycle',
    'Two files that need each other are one file, or lack a third. (An import that the compiler erases is not a need.)',
    { path: '^(src|migrations)/' },
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'pre-compilation-only'] } },
  ),
  rule(
    'no-orphan',
    'Imported by none and importing nothing: dead code.',
    {
      orphan: true,
      path: '^src/',
      pathNot: ['^src/(main|worker)\\.ts$', '^src/cli/', '\\.d\\.ts$'],
    },
    {},
  ),
  rule(
    'tests-stay-out-of-the-product',
    'The product never imports what checks it.',
    { path: '^(src|migrations)/' },
    { path: ['^test/', '^bench/', TEST_CODE] },
  ),
  rule(
    'migrations-stand-alone',
    'A merged migration must do tomorrow what it did today, so nothing of src may change under it.',
    { path: '^migrations/' },
    { path: '^src/' },
  ),
  rule(
    'product-runs-on-production-packages',
    'The container image has no devDependencies.',
    { path: '^(src|migrations)/' },
    {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
    },
  ),
  rule(
    'no-unresolved-import',
    'It points nowhere.',
    { path: '^(src|migrations)/' },
    { couldNotResolve: true },
  ),
];

module.exports = {
  forbidden: [...kernelAndConfig, ...moduleBorders, ...dialectBorders, ...packageHomes, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // A type that crosses a border is a border crossed, so imports that the compiler erases count too.
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};
