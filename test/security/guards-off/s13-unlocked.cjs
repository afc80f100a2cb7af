'use strict';

// S-13 twin: between the right password and the new sign-in nobody looks at the account again.
const { SellersRepository } = require('../../../dist/src/modules/sellers/sellers.repository.js');

SellersRepository.prototype.lockVerified = async function (id) {
  const seller = await this.findById(id);
  // Not a guard: widens the time in which the password may change.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { ...seller, nowMs: 0 };
};
