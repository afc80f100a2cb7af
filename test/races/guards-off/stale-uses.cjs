'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** The uses of a code are judged by what the statement saw when it began, not by the row it changes. */
const { ReferralsRepository } = load('modules/referrals/referrals.repository.js');
rewriteStatements(ReferralsRepository, [
  {
    find: 'uses < coalesce(max_uses, uses + 1)',
    replace:
      '(SELECT seen.uses < coalesce(seen.max_uses, seen.uses + 1) FROM referral_codes seen WHERE seen.id = $2)',
    thenPause: 80,
  },
]);
