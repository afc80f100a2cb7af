'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** The token of a mail is looked up, and deleted when all is done. */
const { PasswordResetsRepository } = load(
  'modules/sellers/password-reset/password-resets.repository.js',
);
rewriteStatements(PasswordResetsRepository, [
  {
    find: /DELETE FROM password_reset_tokens WHERE token_hash[^]*RETURNING seller_id/,
    replace: 'SELECT seller_id FROM password_reset_tokens WHERE token_hash = $1',
  },
  {
    find: /DELETE FROM password_reset_tokens WHERE seller_id = \$1/,
    replace: 'SELECT WHERE $1::uuid IS NULL',
  },
]);
