/** Longest name of a variable. */
export const VARIABLE_KEY_MAX = 64;
/** A name: no blanks, nothing invisible, so that two names that look alike are rare. */
export const VARIABLE_KEY = /^[^\s\p{C}]+$/u;
/** Longest value that a seller gives to a whole application, in characters. */
export const APP_VALUE_MAX = 16_384;
/** Longest value of one client's variable, in characters. */
export const CLIENT_VALUE_MAX = 4_096;
/** Variables of one application. */
export const APP_VARIABLES_MAX = 1_000;
/** Variables of one user, or of one licence that signs in without a user. */
export const CLIENT_VARIABLES_MAX = 200;

/** Whose variable it is: a user's, or a licence's that signs in without a user. */
export interface VariableOwner {
  readonly kind: 'user' | 'license';
  readonly id: string;
}

export interface Variable {
  readonly key: string;
  readonly value: string;
}
