'use strict';

// Guard off: no secret is ever found wanting.
const { join } = require('node:path');

const path = require.resolve(join(__dirname, '../../../dist/src/config/secret-strength.js'));
const original = require(path);
require.cache[path].exports = { ...original, secretProblem: () => null };
