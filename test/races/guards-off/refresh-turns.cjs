'use strict';

const { load, rewriteStatements } = require('./statements.cjs');

/** Refreshes of one sign-in no longer take turns. */
const { SellerSessionsRepository } = load('modules/sellers/seller-sessions.repository.js');
rewriteStatements(SellerSessionsRepository, [{ find: ' FOR UPDATE', replace: '', thenPause: 30 }]);
