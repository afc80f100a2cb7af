'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Programs that show one key at a gateway no longer take turns. */
const { LicensesRepository } = load('modules/licenses/licenses.repository.js');
rewriteStatements(LicensesRepository, [
  { find: ' FOR NO KEY UPDATE OF l', replace: '', thenPause: 40 },
  { find: ' AND activated_at IS NULL RETURNING', replace: ' RETURNING' },
]);

/** Not a guard: widens the window between seeing what is bound and binding more. */
const { AddressesRepository } = load('modules/licenses/addresses.repository.js');
rewriteStatements(AddressesRepository, [
  { find: 'SELECT * FROM license_addresses', thenPause: 60 },
]);
