'use strict';

// Guard off: the runner reports success although the last statements of the transaction failed.
const { join } = require('node:path');
const { Transactions } = require(
  join(__dirname, '../../../dist/src/platform/database/transactions.js'),
);

const { once } = Transactions.prototype;

Transactions.prototype.once = async function (work) {
  let done = false;
  let value;
  try {
    return await once.call(this, async () => {
      value = await work();
      done = true;
      return value;
    });
  } catch (error) {
    if (done) return value;
    throw error;
  }
};
