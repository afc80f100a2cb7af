'use strict';

// S-01 twin: what hangs on an application is found by its own id or key alone, in whatever
// application it is.
const { Repository } = require('../../../dist/src/platform/database/repository.js');

const execute = Repository.prototype.execute;
Repository.prototype.execute = function (sql, values) {
  const unscoped = sql.replace(
    /app_id = (\$\d) AND (id|key|code) = (\$\d)/,
    '$1::text IS NOT NULL AND $2 = $3',
  );
  return execute.call(this, unscoped, values);
};
