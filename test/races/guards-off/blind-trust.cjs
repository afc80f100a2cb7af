'use strict';

const { load } = require('./statements.cjs');

/** Memories are used whether or not the feed that vouches for them is alive. */
const { ChangeFeed } = load('platform/database/change-feed.js');
ChangeFeed.prototype.isTrusted = () => true;
