import { z } from 'zod';
import { isNetwork } from './network-text';
import { secretProblem } from './secret-strength';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const port = '([1-9]\\d{0,4})';
const PORTS = new RegExp(`^${port}(-${port})?$`);

/** Ports and ranges of ports: `443,8000-8100`. */
const ports = (usual: readonly string[]) =>
  list
    .refine(
      (items) =>
        items.every((item) => {
          const [, first, , last = first] = PORTS.exec(item) ?? [];
          return first !== undefined && Number(first) <= Number(last) && Number(last) <= 65_535;
        }),
      'must be ports and ranges of ports such as 443,8000-8100',
    )
    .default([...usual]);

const networks = list
  .refine(
    (items) => items.every(isNetwork),
    'must be addresses and CIDR networks such as 10.1.0.0/16,fd00::/8',
  )
  .default([]);

/**
 * Every setting of the server. `.env.example` documents each in prose and a test compares the two,
 * so a setting cannot be added without its explanation.
 */
export const settings = {
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3_000),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  DATABASE_POOL_SIZE: wholeNumber(2, 500).default(10),
  DATABASE_ACQUIRE_TIMEOUT_MS: wholeNumber(50, 60_000).default(800),
  DATABASE_LOCK_TIMEOUT_MS: wholeNumber(50, 60_000).default(800),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(100, 600_000).default(5_000),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must start with redis:// or rediss://')
    .optional(),
  MIGRATE_ON_START: flag.default(true),
  BACKGROUND_JOBS: flag.default(true),
  MASTER_KEY: z.string().optional(),
  JWT_SECRET: z.string().optional(),
  ACCESS_TOKEN_TTL_SECONDS: wholeNumber(60, 86_400).default(3_600),
  REFRESH_TOKEN_TTL_SECONDS: wholeNumber(3_600, 31_536_000).default(2_592_000),
  BCRYPT_COST: wholeNumber(4, 15).default(10),
  LOGIN_MAX_ATTEMPTS: wholeNumber(1, 100).default(6),
  LOGIN_LOCK_SECONDS: wholeNumber(1, 86_400).default(900),
  RATE_LIMIT_SIGN_IN_PER_MINUTE: wholeNumber(1, 10_000_000).default(20),
  RATE_LIMIT_CLIENT_PER_MINUTE: wholeNumber(1, 10_000_000).default(120),
  RATE_LIMIT_SELLER_PER_MINUTE: wholeNumber(1, 10_000_000).default(600),
  KEY_GUESSES_PER_TEN_MINUTES: wholeNumber(1, 10_000_000).default(20),
  WEBHOOK_PINGS_PER_MINUTE: wholeNumber(1, 10_000_000).default(30),
  KEY_GUESS_ALERT_PER_HOUR: wholeNumber(1, 1_000_000_000).default(1_000),
  ATTEMPTS_KEEP_DAYS: wholeNumber(1, 3_650).default(30),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s/]+/, 'must start with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z.string().min(3).default('Latchkey <latchkey@localhost>'),
  PUBLIC_URL: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, 'must be an http or https address')
    .optional(),
  TRUSTED_PROXIES: list.default([]),
  VPN_LIST_FILE: z.string().optional(),
  AUDIT_CHECKPOINT_FILE: z.string().optional(),
  AUDIT_CHECKPOINT_URL: z
    .string()
    .regex(/^https?:\/\/[^\s]+$/, 'must be an http or https address')
    .optional(),
  GEOIP_DB_PATH: z.string().optional(),
  OUTBOUND_PORTS: ports(['80', '443', '8080', '8443']),
  OUTBOUND_ALLOWED_NETWORKS: networks,
  BODY_LIMIT_BYTES: wholeNumber(1_024, 104_857_600).default(2_097_152),
  IMPORT_LIMIT_BYTES: wholeNumber(1_024, 107_374_182_400).default(536_870_912),
  FILE_STORAGE: z.enum(['disk', 's3']).default('disk'),
  FILES_DIR: z.string().min(1).optional(),
  FILE_LIMIT_BYTES: wholeNumber(1_024, 51_539_607_552).default(104_857_600),
  FILE_MASTER_KEY: z.string().optional(),
  OLD_FILE_MASTER_KEY: z.string().optional(),
  S3_BUCKET: z.string().min(3).max(63).optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ENDPOINT: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, 'must be an http or https address')
    .optional(),
  S3_PATH_STYLE: flag.default(false),
  S3_PREFIX: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be names joined by slashes')
    .optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  HSTS: flag.default(false),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  SHUTDOWN_TIMEOUT_SECONDS: wholeNumber(1, 9).default(8),
};

const schema = z.object(settings);

/** The parsed, frozen settings. Times say their unit in the name; absent means the default held. */
export type Config = Readonly<z.infer<typeof schema>>;

/** All that is wrong with the settings, at once; the message is what the operator reads. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Parses settings from an environment. An empty value counts as not set.
 * @throws ConfigError naming every bad setting; in production also every secret that is missing,
 * short or equal to the published example.
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in settings && value !== ''),
  );
  const parsed = schema.safeParse(present);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const production = environment['NODE_ENV'] === 'production';
  for (const name of ['MASTER_KEY', 'JWT_SECRET'] as const) {
    const problem = secretProblem(present[name], production);
    if (problem) problems.push(`${name}: ${problem}`);
  }
  for (const name of ['FILE_MASTER_KEY', 'OLD_FILE_MASTER_KEY'] as const) {
    const problem = secretProblem(present[name], false);
    if (problem) problems.push(`${name}: ${problem}`);
  }
  problems.push(...storageProblems(present));
  if (production && present['MASTER_KEY'] && present['MASTER_KEY'] === present['JWT_SECRET']) {
    problems.push('JWT_SECRET: must differ from MASTER_KEY');
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return Object.freeze(parsed.data);
}

/** Settings that only make sense together. */
function storageProblems(present: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  if (present['FILE_STORAGE'] === 's3' && !present['S3_BUCKET']) {
    problems.push('S3_BUCKET: is required when FILE_STORAGE is s3');
  }
  if (!present['S3_ACCESS_KEY_ID'] !== !present['S3_SECRET_ACCESS_KEY']) {
    problems.push('S3_SECRET_ACCESS_KEY: must be set together with S3_ACCESS_KEY_ID, or neither');
  }
  return problems;
}

/** Where people find this server, without a slash at the end: `PUBLIC_URL`, else where it listens. */
export function publicUrl({ PUBLIC_URL, HOST, PORT }: Config): string {
  if (PUBLIC_URL) return PUBLIC_URL.replace(/\/+$/, '');
  const anywhere = HOST === '0.0.0.0' || HOST === '::';
  const name = anywhere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${name}:${PORT}`;
}

/** The settings of this process. The only place that reads `process.env`. */
export function loadConfig(): Config {
  return parseConfig(process.env);
}
