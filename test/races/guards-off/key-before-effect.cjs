'use strict';

const { load } = require('./statements.cjs');

/** The key is taken by a commit of its own, before the effect. */
const { IdempotencyStore } = load('platform/http/idempotency.repository.js');
IdempotencyStore.prototype.claim = async function (scope, key, requestHash) {
  const taken = await this.manager.connection.query(
    `INSERT INTO idempotency_keys (scope, key, request_hash) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING scope`,
    [scope, key, requestHash],
  );
  return taken.length === 1;
};
