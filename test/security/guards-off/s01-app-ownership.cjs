'use strict';

// S-01 twin: an application is found by its id alone, whoever asks.
const { AppsRepository } = require('../../../dist/src/modules/apps/apps.repository.js');

AppsRepository.prototype.findOwned = function (id) {
  return this.one('SELECT * FROM apps WHERE id = $1', [id]);
};
