const base = require('./jest.config.cjs');

/** The fault tests, one file at a time on a machine that does nothing else. */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/faults/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  reporters: [
    'default',
    ['<rootDir>/test/support/summary-reporter.cjs', { file: 'test-results/jest-faults.json' }],
  ],
};
