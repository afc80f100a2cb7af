'use strict';

const { load, pause } = require('./statements.cjs');

/** Licences are locked one by one as they are asked for, not in one order for all. */
const { LicensesRepository } = load('modules/licenses/licenses.repository.js');
LicensesRepository.prototype.lockMany = async function (appId, ids) {
  const locked = [];
  for (const id of ids) {
    locked.push(await this.lock(appId, id));
    await pause(200);
  }
  return locked;
};
