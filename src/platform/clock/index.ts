export { DatabaseClock, monotonicMs, wallClockMs } from './clock';
