'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Whoever sets a variable waits for nobody, and inserts where the look found nothing. */
const { VariableTurns } = load('modules/variables/variable-turns.repository.js');
VariableTurns.prototype.ofClient = async () => undefined;
const { ClientVariablesRepository } = load('modules/variables/client-variables.repository.js');
rewriteStatements(ClientVariablesRepository, [
  { find: '(has OR number < $6)', replace: 'NOT has AND number < $6' },
  { find: 'ON CONFLICT (user_id, key) WHERE user_id IS NOT NULL', replace: '' },
  { find: 'DO UPDATE SET value = excluded.value, updated_at = now()', replace: '', thenPause: 60 },
]);
