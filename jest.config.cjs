/**
 * Three sizes of tests: *.spec.ts (pure), *.int-spec.ts (with PostgreSQL), test/ (whole server).
 * Faults measure how soon the server answers, so they run alone: jest.faults.config.cjs.
 */
module.exports = {
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/src/**/*.int-spec.ts',
    '<rootDir>/test/**/*.test.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/faults/'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.cjs'],
  maxWorkers: 2,
  // Jest keeps what a test file loaded; a worker that grew to gigabytes spends its time collecting garbage, so it starts anew.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
