import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Longest that programs which are being installed are waited for. */
const INSTALL_SECONDS = 300;

/** `.ci/run` installs programs while the first tests run; the file it names is there until it has. */
function awaitInstallation(): void {
  const pending = process.env['LOADER_TOOLS_PENDING'];
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = INSTALL_SECONDS * 4; tries > 0 && pending && existsSync(pending); tries--) {
    Atomics.wait(nobody, 0, 0, 250);
  }
}

/** Where a program lies in the PATH; null when it does not. */
export function findTool(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * Tests that want programs of the system. Where CI=true they must be there; elsewhere the tests are
 * skipped with a word about what is missing.
 */
export function describeWith(tools: readonly string[], name: string, tests: () => void): void {
  awaitInstallation();
  const missing = tools.filter((tool) => findTool(tool) === null);
  if (missing.length === 0) return describe(name, tests);
  const reason = `${name}: needs ${missing.join(', ')} in the PATH (DEVELOP.md)`;
  if (process.env['CI'] === 'true') {
    test(name, () => {
      throw new Error(reason);
    });
    return;
  }
  console.warn(`skipped: ${reason}`);
  describe.skip(name, tests);
}
