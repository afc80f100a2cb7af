import 'reflect-metadata';
import { Command, CommandError } from './command';
import { createSeller } from './create-seller';
import { rewrapFiles } from './files';
import { generate } from './generate';
import { verifyLoader } from './loaders';
import { checkMigrations, runMigrations } from './migrations';
import { listPlans, setPlanLimit, setSellerPlan } from './plans';
import { seed } from './seed';

/** Every command, by its words. */
const COMMANDS: readonly Command[] = [
  generate,
  checkMigrations,
  runMigrations,
  createSeller,
  setSellerPlan,
  listPlans,
  setPlanLimit,
  rewrapFiles,
  verifyLoader,
  seed,
];

async function main(words: readonly string[]): Promise<void> {
  const command = COMMANDS.find(({ name }) => words.join(' ').startsWith(name));
  if (!command) throw new CommandError(usage());
  await command.run(words.slice(command.name.split(' ').length));
}

function usage(): string {
  const lines = COMMANDS.map(({ name, help }) => `  ${name.padEnd(18)} ${help}`);
  return ['Commands:', ...lines].join('\n');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text = error instanceof CommandError ? error.message : error;
  console.error(text);
  process.exit(1);
});
