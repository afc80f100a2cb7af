'use strict';

// S-01 twin: a key is given back to whoever asks among the resellers of its application.
const { LicenseResale } = require('../../../dist/src/modules/licenses/license-resale.js');

const takeBack = LicenseResale.prototype.takeBack;
LicenseResale.prototype.takeBack = async function (app, id, resellerId) {
  const license = await this.licenses.lock(app.id, id);
  return takeBack.call(this, app, id, license?.resellerId ?? resellerId);
};
