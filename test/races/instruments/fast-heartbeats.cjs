'use strict';

/** Heartbeats are written every millisecond instead of every five seconds; all else is as built. */
const EVERY_MS = 5_000;
const original = globalThis.setInterval;

globalThis.setInterval = (task, ms, ...args) => original(task, ms === EVERY_MS ? 1 : ms, ...args);
