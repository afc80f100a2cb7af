'use strict';

const { join } = require('node:path');

// The same order as main.js: decorators ask for this when a class is loaded.
require('reflect-metadata');

const DIST = join(__dirname, '../../../dist/src');

/** A module of the built server. */
const load = (path) => require(join(DIST, path));

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Rewrites statements of one repository before they are sent. `find` is text or a pattern; after a
 * statement that contains it, `thenPause` milliseconds pass: the window in which the guard would
 * have kept others out.
 */
function rewriteStatements(repository, rewrites) {
  const original = repository.prototype.execute;
  repository.prototype.execute = async function (sql, values) {
    let sent = sql;
    let wait = 0;
    for (const { find, replace, thenPause = 0 } of rewrites) {
      if (typeof find === 'string' ? !sent.includes(find) : !find.test(sent)) continue;
      sent = replace === undefined ? sent : sent.replace(find, replace);
      wait = Math.max(wait, thenPause);
    }
    const result = await original.call(this, sent, values);
    if (wait > 0) await pause(wait);
    return result;
  };
}

module.exports = { load, pause, rewriteStatements };
