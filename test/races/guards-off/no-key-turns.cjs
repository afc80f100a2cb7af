'use strict';

const { load } = require('./statements.cjs');

/** All repeats of one request go to the database at once, each on a connection of its own. */
const { KeyTurns } = load('platform/http/key-turns.js');
KeyTurns.prototype.take = (_name, _patienceMs, _tooLate, work) => work();
