'use strict';

// Guard off: a signal ends the process at once, whoever waits for an answer.
process.on('SIGTERM', () => process.exit(0));
