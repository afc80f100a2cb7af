/** Longest message, in characters [doc 1.2]. */
export const LOG_MESSAGE_MAX = 500;
/** Kinds of messages, chosen by the program: `ACTIVITY`, `ERROR`, … */
export const LOG_TYPE = /^[A-Z0-9_]{1,32}$/;
export const LOG_TYPE_MAX = 32;
/** The kind of a message that names none [doc 1.2]. */
export const LOG_TYPE_DEFAULT = 'ACTIVITY';
/** A message is kept this long … */
export const LOG_KEEP_DAYS = 30;
/** … and an application's newest so many. */
export const LOGS_MAX_PER_APP = 100_000;
