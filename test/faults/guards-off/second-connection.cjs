'use strict';

// Guard off: the write right before the commit goes through the pool, on a second connection.
const { join } = require('node:path');
const { Transactions } = require(
  join(__dirname, '../../../dist/src/platform/database/transactions.js'),
);

const { flush } = Transactions.prototype;

Transactions.prototype.flush = function (scope) {
  const tx = { query: (...args) => this.host.tx.connection.query(...args) };
  const host = { tx };
  return flush.call(Object.assign(Object.create(Transactions.prototype), this, { host }), scope);
};
