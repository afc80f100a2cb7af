'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** A code of the second factor is good as long as its time lasts. */
const { SecondFactorRepository } = load(
  'modules/sellers/second-factor/second-factor.repository.js',
);
rewriteStatements(SecondFactorRepository, [
  { find: ' AND coalesce(totp_last_step, -1) < $2::bigint', replace: ' AND $2::bigint > 0' },
  {
    find: 'DELETE FROM seller_recovery_codes WHERE seller_id = $1 AND code_hash = $2 RETURNING id',
    replace: 'SELECT id FROM seller_recovery_codes WHERE seller_id = $1 AND code_hash = $2',
  },
]);
