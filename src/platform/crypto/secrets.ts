import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config';
import type { Secrets } from './key-ring';
import { randomHex } from './tokens';

const FILE = 'secrets.json';

/**
 * The configured secrets; those that are not configured (development only: the configuration
 * refuses that in production) are generated once into `DATA_DIR/secrets.json`, mode 0600.
 */
export function resolveSecrets(config: Config, log: (line: string) => void): Secrets {
  const { MASTER_KEY: masterKey, JWT_SECRET: jwtSecret } = config;
  if (masterKey && jwtSecret) return { masterKey, jwtSecret };
  const stored = readOrCreate(config.DATA_DIR, log);
  return { masterKey: masterKey ?? stored.masterKey, jwtSecret: jwtSecret ?? stored.jwtSecret };
}

function readOrCreate(directory: string, log: (line: string) => void): Secrets {
  const file = join(directory, FILE);
  const existing = read(file);
  if (existing) return existing;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fresh: Secrets = { masterKey: generate(), jwtSecret: generate() };
  const draft = `${file}.${randomHex(6)}`;
  writeFileSync(draft, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // A link either makes the whole file appear or fails: two first starts agree on one of them.
    linkSync(draft, file);
    log(`generated secrets for development in ${file}; keep a copy, data cannot be read without`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return read(file)!;
}

function read(file: string): Secrets | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = JSON.parse(text) as Partial<Secrets>;
  if (typeof parsed.masterKey !== 'string' || typeof parsed.jwtSecret !== 'string') {
    throw new Error(`${file} does not hold masterKey and jwtSecret`);
  }
  return { masterKey: parsed.masterKey, jwtSecret: parsed.jwtSecret };
}

function generate(): string {
  return randomBytes(32).toString('base64');
}
