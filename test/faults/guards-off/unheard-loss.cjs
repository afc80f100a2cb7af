'use strict';

// Guard off: the pool's connections are plain ones, and while they are handed over nobody hears of their loss.
const { join } = require('node:path');

const path = require.resolve(join(__dirname, '../../../dist/src/platform/database/options.js'));
const original = require(path);
require.cache[path].exports = {
  ...original,
  dataSourceOptions: (...args) => {
    const options = original.dataSourceOptions(...args);
    delete options.extra.Client;
    return options;
  },
};
