import { createReadStream, createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { parseAnyId } from '../kernel';
import {
  AuditArchive,
  CheckpointFileError,
  ExportedTree,
  readCheckpoints,
  Verification,
  verifyDump,
} from '../modules/audit';
import { SellerProfiles } from '../modules/sellers';
import { Command, CommandError } from './command';
import { withApp } from './with-app';

/** Writes the whole record to a file that `audit verify` reads. */
export const dumpAudit: Command = {
  name: 'audit dump',
  help: 'audit dump <file>: write the whole audit record to a new file, one JSON object a line',
  async run([file]) {
    if (!file) throw new CommandError(`usage: ${this.help}`);
    await withApp(async (app) => {
      const lines = app.get(AuditArchive, { strict: false }).dump();
      await pipeline(Readable.from(lines), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      console.log(`wrote ${file}`);
    });
  },
};

/** Says of a dump whether every record is as it was when it was exported. Needs no server. */
export const verifyAudit: Command = {
  name: 'audit verify',
  help: 'audit verify <dump> <checkpoint file> [--key <public key>]: is every record as it was?',
  async run(args) {
    const { positionals, values } = parsed(args, this.help);
    const [dump, checkpoints] = positionals;
    if (!dump || !checkpoints) throw new CommandError(`usage: ${this.help}`);
    const exported = await exportedIn(checkpoints, values.key ?? null);
    const result = await verifyDump(await linesOf(dump), exported);
    for (const line of reportOf(result, exported, values.key !== undefined)) console.log(line);
    if (result.bad) {
      throw new CommandError(`BAD: entry ${result.bad.seq} ${result.bad.problem}`);
    }
    console.log('OK: every entry is as it was exported');
  },
};

/** Answers a privacy request: the person's fields go, the record and its proofs stay. */
export const eraseFromAudit: Command = {
  name: 'audit erase',
  help: 'audit erase <seller email> <id>: erase the address and details of a person, by their id',
  async run([email, id = '']) {
    const person = parseAnyId(id);
    if (!email || !person) throw new CommandError(`usage: ${this.help}`);
    await withApp(async (app, origin) => {
      const seller = await app.get(SellerProfiles, { strict: false }).byEmail(email);
      const archive = app.get(AuditArchive, { strict: false });
      console.log(`erased in ${await archive.erase(seller.id, person, origin)} records`);
      await archive.export().catch((error: Error) => {
        throw new CommandError(`the file of checkpoints does not say so yet: ${error.message}`);
      });
    });
  },
};

function parsed(args: readonly string[], usage: string) {
  try {
    const options = { key: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\nusage: ${usage}`);
  }
}

async function exportedIn(file: string, key: string | null): Promise<ExportedTree> {
  try {
    return await readCheckpoints(await linesOf(file), key);
  } catch (error) {
    if (error instanceof CheckpointFileError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

async function linesOf(file: string): Promise<AsyncIterable<string>> {
  await access(file).catch(() => {
    throw new CommandError(`${file} cannot be read`);
  });
  return createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
}

function reportOf(
  { entries, uncovered, erased }: Verification,
  exported: ExportedTree,
  pinned: boolean,
): string[] {
  const lines = [
    `${exported.checkpoints} checkpoints cover ${exported.size} entries, signed by ${exported.publicKey}`,
    `${entries} entries read, ${erased} of them erased, ${uncovered} not covered yet`,
  ];
  if (!pinned) lines.push('The key is the one that the file names; give --key to be sure of it.');
  if (exported.skipped > 0) lines.push(`${exported.skipped} lines of checkpoints were unreadable`);
  return lines;
}
