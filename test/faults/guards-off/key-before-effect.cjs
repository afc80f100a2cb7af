'use strict';

// Guard off: an Idempotency-Key is taken by a commit of its own, some time before the effect.
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { IdempotencyStore } = require(
  join(__dirname, '../../../dist/src/platform/http/idempotency.repository.js'),
);

const EFFECT_AFTER_MS = 100;

IdempotencyStore.prototype.claim = async function (scope, key, requestHash) {
  const taken = await this.manager.connection.query(
    `INSERT INTO idempotency_keys (scope, key, request_hash) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING scope`,
    [scope, key, requestHash],
  );
  await pause(EFFECT_AFTER_MS);
  return taken.length === 1;
};
