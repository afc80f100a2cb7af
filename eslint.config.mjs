import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

/** Code that checks the product: it may reach anywhere, so the borders below do not bind it. */
const TESTS = ['test/**', 'bench/**', '**/*.spec.ts', '**/*.int-spec.ts'];

/** Where rows are read and written (ARCHITECTURE, rule 8). */
const PERSISTENCE = [
  'src/platform/database/**',
  'src/**/entities/**',
  'src/**/*.repository.ts',
  'migrations/**',
];

/** Where HTTP is spoken (ARCHITECTURE, rule 8). */
const WIRE = [
  'src/platform/http/**',
  'src/modules/*/http/**',
  'src/dialects/**',
  'src/bootstrap/**',
];

/** A selector for every way to name a package: import, re-export, import(), and a type position. */
function importOf(pattern) {
  const source = pattern.replaceAll('/', '\\u002F');
  return `:matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression, TSImportType)[source.value=/${source}/]`;
}

/** A selector for one name taken out of a package. */
function nameFrom(source, names) {
  return `ImportDeclaration[source.value="${source}"] > ImportSpecifier[imported.name=/${names}/]`;
}

/**
 * One border of the house. `no-restricted-syntax` cannot be configured twice for one file (the last block would win), so
 * each border is that same rule under a name of its own: it is then reported, and where it must be suppressed, by name.
 */
const borders = {
  environment: {
    message: 'Only src/config reads the environment; take the value from the configuration.',
    allowed: ['src/config/**'],
    selectors: [
      'MemberExpression[object.name="process"][property.name="env"]',
      'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]',
      importOf('^(node:)?process$'),
    ],
  },
  clock: {
    message:
      'Only src/platform/clock reads the time; inject the clock, or take the instant as an argument.',
    allowed: ['src/platform/clock/**', 'src/platform/crypto/**'],
    selectors: [
      'MemberExpression[object.name="Date"][property.name="now"]',
      'NewExpression[callee.name="Date"][arguments.length=0]',
      'CallExpression[callee.name="Date"]',
    ],
  },
  crypto: {
    message: 'Only src/platform/crypto draws random values and hashes; inject its port.',
    allowed: ['src/platform/clock/**', 'src/platform/crypto/**'],
    selectors: [
      importOf('^((node:)?crypto|bcrypt)$'),
      'MemberExpression[object.name="Math"][property.name="random"]',
      'MemberExpression[object.name="crypto"][property.name=/^(randomUUID|getRandomValues|subtle)$/]',
      'MemberExpression[object.name="globalThis"][property.name="crypto"]',
    ],
  },
  persistence: {
    message: 'typeorm stays in platform/database, entities/, *.repository.ts and migrations.',
    allowed: PERSISTENCE,
    selectors: [importOf('^typeorm(/|$)')],
  },
  'transaction-host': {
    message:
      'What is injected or opened here would use a second connection and survive the rollback; extend the host-bound repository.',
    allowed: ['src/platform/database/**', 'migrations/**'],
    selectors: [
      nameFrom('@nestjs/typeorm', '^Inject(Repository|DataSource|EntityManager)$'),
      'Decorator > CallExpression[callee.name=/^Inject(Repository|DataSource|EntityManager)$/]',
      nameFrom('typeorm', '^(DataSource|QueryRunner)$'),
      'CallExpression[callee.property.name="createQueryRunner"]',
    ],
  },
  'http-names': {
    message:
      'HTTP stays in platform/http, modules/*/http, dialects and bootstrap; throw a DomainError or answer with a verdict.',
    allowed: WIRE,
    selectors: [
      nameFrom('@nestjs/common', 'Exception$|^HttpStatus$|^(Req|Request|Res|Response|Next)$'),
      importOf('^(fastify|@fastify/.+|@nestjs/platform-fastify)$'),
    ],
  },
};

const borderBlocks = Object.entries(borders).map(([name, { message, allowed, selectors }]) => ({
  name: `house/${name}`,
  files: ['src/**/*.ts', 'migrations/**/*.ts'],
  ignores: [...TESTS, ...allowed],
  rules: {
    [`house/${name}`]: ['error', ...selectors.map((selector) => ({ selector, message }))],
  },
}));

/** `eslint-disable` without ` -- reason` is an unexplained exception; the house has none. */
const explainedSuppression = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!/^\s*eslint-disable/.test(comment.value) || / -- \S/.test(comment.value)) continue;
        context.report({
          loc: comment.loc,
          message: 'Say why after ` -- `: the rule, then the reason.',
        });
      }
    },
  }),
};

const restrictedSyntax = builtinRules.get('no-restricted-syntax');
const house = {
  rules: {
    ...Object.fromEntries(Object.keys(borders).map((name) => [name, restrictedSyntax])),
    'dto-is-a-value': restrictedSyntax,
    'focused-test': restrictedSyntax,
    'explained-suppression': explainedSuppression,
  },
};

/** What Node defines on its own, asked from Node itself. */
const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);

export default defineConfig(
  {
    name: 'house/ignored',
    ignores: [
      'dist/**',
      'data/**',
      'coverage/**',
      'test-results/**',
      'bench-results/**',
      // Type-checked by its own test, against a schema that exists only then.
      'test/contract/client/**',
      '**/*.d.ts',
    ],
  },
  {
    name: 'house/everywhere',
    plugins: { house },
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    rules: {
      'house/explained-suppression': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },

  {
    name: 'house/typescript',
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An implementation of an asynchronous port may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // A decorator factory, a Nest module and a token are empty classes on purpose.
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    name: 'house/scripts',
    files: ['**/*.{js,cjs,mjs}'],
    extends: [eslint.configs.recommended],
    languageOptions: { globals: { ...nodeGlobals, __dirname: 'readonly', __filename: 'readonly' } },
  },

  {
    name: 'house/sizes',
    files: ['src/**/*.ts'],
    ignores: TESTS,
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/max-params': ['error', { max: 6 }],
    },
  },
  {
    name: 'house/method-size',
    files: ['src/modules/**/*.ts'],
    ignores: TESTS,
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    name: 'house/controllers',
    files: ['src/**/*.controller.ts'],
    rules: {
      'max-statements': ['error', 5],
      'house/dto-is-a-value': [
        'error',
        ...[
          'ImportDeclaration[importKind="type"][source.value=/dto|decode/]',
          'ImportDeclaration[source.value=/dto|decode/] > ImportSpecifier[importKind="type"]',
        ].map((selector) => ({
          selector,
          message:
            'A DTO imported as a type is erased and its validation silently stops; import it as a value.',
        })),
      ],
    },
  },
  {
    name: 'house/no-console',
    files: ['src/**/*.ts', 'migrations/**/*.ts'],
    ignores: [...TESTS, 'src/cli/**', 'src/main.ts'],
    rules: { 'no-console': 'error' },
  },
  ...borderBlocks,

  {
    name: 'house/tests',
    files: TESTS,
    rules: {
      // A parsed answer is `any` until it is asserted, and asserting it is what the test is for.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'house/focused-test': [
        'error',
        {
          selector:
            'CallExpression[callee.object.name=/^(describe|it|test)$/][callee.property.name="only"], CallExpression[callee.name=/^(fdescribe|fit)$/]',
          message: 'A focused test hides every other one; remove the focus.',
        },
      ],
    },
  },
);
