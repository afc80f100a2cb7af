'use strict';

// Guard off: nobody tells a lost database from a defect.
const { join } = require('node:path');

const path = require.resolve(join(__dirname, '../../../dist/src/platform/database/sqlstate.js'));
const original = require(path);
require.cache[path].exports = { ...original, translateDatabaseError: (error) => error };
