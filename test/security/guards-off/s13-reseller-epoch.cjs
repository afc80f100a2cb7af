'use strict';

// S-13 twin: a token is good as long as its reseller exists, whatever happened since it was issued.
const {
  ResellersRepository,
} = require('../../../dist/src/modules/resellers/resellers.repository.js');

const execute = ResellersRepository.prototype.execute;
ResellersRepository.prototype.execute = function (sql, values) {
  const trusting = sql
    .replace("r.token_epoch = $2 AND r.status = 'ACTIVE'", '$2::integer IS NOT NULL')
    .replace('a.status AS app_status', "'ACTIVE' AS app_status");
  return execute.call(this, trusting, values);
};
