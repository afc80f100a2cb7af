'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, relative, resolve } = require('node:path');

/**
 * Closes a Jest run with one line, `N passed, N failed`, and leaves the figures behind it in test-results/jest.json,
 * where .ci/run adds them up. A test file that could not even be loaded counts as one failure.
 *
 * Option `file`: where the figures go, for a second Jest run beside the first (name it test-results/jest-*.json).
 */
class SummaryReporter {
  constructor(globalConfig, options = {}) {
    this.root = globalConfig.rootDir;
    this.seed = globalConfig.seed;
    this.file = resolve(this.root, options.file ?? 'test-results/jest.json');
  }

  onRunComplete(_contexts, results) {
    const summary = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      seed: this.seed,
      milliseconds: Date.now() - results.startTime,
      files: results.testResults.map((file) => this.describe(file)),
    };
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(summary, null, 2)}\n`);
    if (summary.skipped > 0) process.stdout.write(`${summary.skipped} skipped\n`);
    process.stdout.write(`${summary.passed} passed, ${summary.failed} failed\n`);
  }

  describe(file) {
    return {
      path: relative(this.root, file.testFilePath),
      passed: file.numPassingTests,
      failed: file.testResults.filter((t) => t.status === 'failed').map((t) => t.fullName),
      milliseconds: file.perfStats.runtime,
    };
  }
}

module.exports = SummaryReporter;
