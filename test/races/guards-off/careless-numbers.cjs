'use strict';

// A-04 twin: every process takes records in, and numbers come from a sequence of the database.
const { JobLocks } = require('../../../dist/src/platform/background/background-jobs.js');
const { AuditSequencer } = require('../../../dist/src/modules/audit/audit-sequencer.js');

JobLocks.prototype.tryTake = () => Promise.resolve(true);

AuditSequencer.prototype.takeIn = async function () {
  const records = await this.rows.waiting(1000);
  const zero = Buffer.alloc(32);
  const leaves = [];
  for (const { id, sellerId } of records) {
    const [{ n }] = await this.rows.rows("SELECT nextval('careless') - 1 AS n");
    const hashes = { salt: zero, ipHash: zero, detailsHash: zero, leafHash: zero };
    leaves.push({ seq: Number(n), recordId: id, sellerId, ...hashes });
  }
  await this.rows.append(leaves, []);
  return records.length;
};
