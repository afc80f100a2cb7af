'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** What a seller's plan limits is counted without taking turns. */
const { PlansRepository } = load('modules/plans/plans.repository.js');
rewriteStatements(PlansRepository, [
  { find: 'FOR NO KEY UPDATE', replace: '' },
  { find: ' AS used', thenPause: 150 },
]);
