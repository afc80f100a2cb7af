'use strict';

const { load } = require('./statements.cjs');

/** What is remembered of a session has no end. */
const { SessionMemory } = load('modules/client-access/session-memory.js');
const { set } = SessionMemory.prototype;
SessionMemory.prototype.set = function (token, session, mark) {
  return set.call(this, token, { ...session, expiresAt: null }, mark);
};
