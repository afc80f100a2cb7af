'use strict';

// Guard off: a use case runs its statements one by one on the pool, each committed by itself.
const { join } = require('node:path');
const { Transactions } = require(
  join(__dirname, '../../../dist/src/platform/database/transactions.js'),
);

const { once } = Transactions.prototype;

Transactions.prototype.once = function (work) {
  const host = { tx: this.host.tx, withTransaction: (inside) => inside() };
  const bare = Object.assign(Object.create(Transactions.prototype), this, { host });
  return once.call(bare, work);
};
