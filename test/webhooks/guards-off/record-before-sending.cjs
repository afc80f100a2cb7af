'use strict';

const { join } = require('node:path');

/** A delivery is done with before it is sent: what is under way when the process dies is lost. */
const { DeliveryAttempts } = require(
  join(__dirname, '../../../dist/src/modules/webhooks/delivery-attempts.js'),
);
const attempt = DeliveryAttempts.prototype.attempt;
DeliveryAttempts.prototype.attempt = async function (lane, delivery, stopping) {
  await this.recorder.record({
    id: delivery.id,
    before: delivery.attempts,
    status: 'DELIVERED',
    attempts: 1,
    delaySeconds: 0,
    jitter: false,
    statusCode: 200,
    failure: null,
    durationMs: 0,
    response: '',
  });
  return attempt.call(this, lane, delivery, stopping);
};
