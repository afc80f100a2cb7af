'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Uses of one licence no longer take turns: no row lock, and activation does not look again. */
const { LicensesRepository } = load('modules/licenses/licenses.repository.js');
rewriteStatements(LicensesRepository, [
  { find: ' FOR NO KEY UPDATE', replace: '', thenPause: 500 },
  { find: ' AND activated_at IS NULL RETURNING', replace: ' RETURNING' },
]);

/** Not a guard: widens the window between seeing the devices and binding one. */
const { DevicesRepository } = load('modules/licenses/devices.repository.js');
rewriteStatements(DevicesRepository, [{ find: 'SELECT * FROM license_devices', thenPause: 60 }]);
