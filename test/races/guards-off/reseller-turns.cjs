'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Spends of one reseller no longer take turns: no row lock, and the charge does not look again. */
const { ResellersRepository } = load('modules/resellers/resellers.repository.js');
rewriteStatements(ResellersRepository, [
  { find: ' FOR NO KEY UPDATE', replace: '', thenPause: 250 },
]);
const { LedgerRepository } = load('modules/resellers/ledger.repository.js');
rewriteStatements(LedgerRepository, [
  { find: /AND balance \+ \$2::bigint BETWEEN 0 AND \d+/, replace: '' },
]);

/** A key that is given back is not held: two refunds of it no longer take turns. */
const { LicensesRepository } = load('modules/licenses/licenses.repository.js');
rewriteStatements(LicensesRepository, [{ find: ' FOR NO KEY UPDATE', replace: '', thenPause: 60 }]);
