'use strict';

const { join } = require('node:path');

/** What a worker has fetched is done with: it is lost when the worker dies. */
const { LanesRepository } = require(
  join(__dirname, '../../../dist/src/modules/webhooks/lanes.repository.js'),
);
const next = LanesRepository.prototype.next;
LanesRepository.prototype.next = async function (lane, limit) {
  const fetched = await next.call(this, lane, limit);
  const done = { status: 'DELIVERED', delaySeconds: 0, jitter: false, statusCode: 200 };
  const answer = { failure: null, durationMs: 0, response: '' };
  await this.record(
    fetched.map(({ id, attempts }) => ({ id, before: attempts, attempts: 1, ...done, ...answer })),
  );
  return fetched;
};
