'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** No time is left in which a lost answer may be asked for again. */
const { SellerSessionsRepository } = load('modules/sellers/seller-sessions.repository.js');
rewriteStatements(SellerSessionsRepository, [
  { find: 'clock_timestamp() AS now', replace: "clock_timestamp() + interval '1 minute' AS now" },
]);
