import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import { createApp } from '../bootstrap/create-app';
import { parseConfig, serviceInfo } from '../config';
import { errorCatalogue } from '../kernel';
import { buildOpenApi, STATUS_OF_CLASS } from '../platform/http';
import { createLogger } from '../platform/logging';
import { Command, CommandError } from './command';

/** Writes what is generated from the code, or with `--check` says what is out of date. */
export const generate: Command = {
  name: 'generate',
  help: 'write openapi.yaml and docs/errors.md; --check: are they up to date?',
  async run(args) {
    const files = { 'openapi.yaml': await openApiYaml(), 'docs/errors.md': errorsPage() };
    if (!args.includes('--check')) return write(files);
    const stale = Object.entries(files).filter(([file, text]) => read(file) !== text);
    if (stale.length === 0) return;
    const names = stale.map(([file]) => file).join(', ');
    throw new CommandError(`out of date: ${names}. Run: npm run generate`);
  },
};

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

async function openApiYaml(): Promise<string> {
  const config = parseConfig({ LOG_LEVEL: 'error' });
  const secrets = { masterKey: 'not used', jwtSecret: 'not used' };
  const logger = createLogger(config);
  const app = await createApp({ config, secrets, databaseUrl: null, logger });
  const document = buildOpenApi(app, serviceInfo().version);
  await app.close();
  const note = '# Generated from the code by `npm run generate`; do not edit.\n';
  return note + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

function errorsPage(): string {
  const sections = errorCatalogue().map(({ code, module, message, help, class: kind }) =>
    [
      `## ${code}`,
      '',
      `Status ${STATUS_OF_CLASS[kind]} (${kind}), from \`${module}\`: «${message}»`,
      '',
      help,
      '',
    ].join('\n'),
  );
  return [
    '<!-- Generated from the code by `npm run generate`; do not edit. -->',
    '',
    '# Error codes',
    '',
    'Every error answers `{success: false, message, code, requestId}`. `code` is stable, `message` is for people.',
    'The status is the one of the house wire; a compatibility wire may spell the same refusal otherwise.',
    '',
    ...sections,
  ].join('\n');
}
