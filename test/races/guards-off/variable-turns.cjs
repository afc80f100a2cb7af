'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Whoever writes a variable waits for nobody. */
const { VariableTurns } = load('modules/variables/variable-turns.repository.js');
VariableTurns.prototype.ofApp = async () => undefined;
VariableTurns.prototype.ofClient = async () => undefined;

/** Not a guard: widens the window between deciding and committing. */
const { ClientVariablesRepository } = load('modules/variables/client-variables.repository.js');
rewriteStatements(ClientVariablesRepository, [{ find: 'WITH reserved AS', thenPause: 250 }]);
