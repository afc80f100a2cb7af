'use strict';

// Guard off: audit records, events and notifications are sent some time after the commit, on a connection of their own.
const { join } = require('node:path');
const { Transactions } = require(
  join(__dirname, '../../../dist/src/platform/database/transactions.js'),
);

const BATCH_AFTER_MS = 100;

Transactions.prototype.flush = async function (scope) {
  const values = [];
  const bind = (value) => `$${values.push(value)}`;
  const parts = scope.writes.map((write, index) => `w${index} AS (${write(bind)})`);
  if (parts.length === 0) return;
  const pool = this.host.tx.connection;
  setTimeout(() => {
    pool.query(`WITH ${parts.join(', ')} SELECT 1`, values).catch(() => undefined);
  }, BATCH_AFTER_MS);
};
