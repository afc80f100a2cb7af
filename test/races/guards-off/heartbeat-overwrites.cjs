'use strict';

const { load, pause } = require('./statements.cjs');
require('../instruments/fast-heartbeats.cjs');

const PATIENCE = 60;

/**
 * A heartbeat reads the session, thinks, and saves the whole row, as the `save()` of an entity
 * would: what happened meanwhile is overwritten. It thinks until the session has ended, at most
 * a few hundred milliseconds.
 */
const { SessionsRepository } = load('modules/sessions/sessions.repository.js');
SessionsRepository.prototype.touch = async function (beats) {
  const ids = beats.map(({ id }) => id);
  const loaded = await this.rows('SELECT * FROM sessions WHERE id = ANY($1)', [ids]);
  for (let looked = 0; looked < PATIENCE; looked++) {
    const [{ open }] = await this.rows(
      'SELECT count(*)::int AS open FROM sessions WHERE id = ANY($1) AND ended_at IS NULL',
      [ids],
    );
    if (open === 0) break;
    await pause(5);
  }
  for (const { id, endedAt, endReason } of loaded) {
    await this.affected(
      'UPDATE sessions SET last_seen_at = now(), ended_at = $2, end_reason = $3 WHERE id = $1',
      [id, endedAt, endReason],
    );
  }
};
