'use strict';

const { load } = require('./statements.cjs');

/** A change is acknowledged at once, whatever other processes still remember. */
const { Transactions } = load('platform/database/transactions.js');
Transactions.prototype.settleEverywhere = () => undefined;

/** Not a guard: widens the time in which a memory outlives its feed from 250 to 1,500 ms. */
const { ChangeFeed } = load('platform/database/change-feed.js');
const { monotonicMs } = load('platform/clock');
ChangeFeed.prototype.isTrusted = function () {
  return monotonicMs() - this.provenAt <= 1_500;
};
