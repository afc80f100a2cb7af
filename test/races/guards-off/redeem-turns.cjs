'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Redemptions by one licence no longer take turns. */
const { LicensesRepository } = load('modules/licenses/licenses.repository.js');
rewriteStatements(LicensesRepository, [{ find: 'ORDER BY id FOR NO KEY UPDATE', replace: '' }]);

/** Not a guard: widens the window between using the code and committing. */
const { ReferralsRepository } = load('modules/referrals/referrals.repository.js');
rewriteStatements(ReferralsRepository, [{ find: 'WITH spent AS', thenPause: 120 }]);
