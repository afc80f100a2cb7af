/** Injects the parsed settings. */
export const CONFIG = Symbol('config');
