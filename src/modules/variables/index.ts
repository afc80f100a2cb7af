/** Variables of an application: the seller's verbs, and a client's look. */
export { AppVariables } from './app-variables.service';
/** Variables of single users, or of licences without one. */
export { ClientVariables } from './client-variables.service';
export type { ClientVariable, NotSet } from './client-variables.service';
/** Limits of names and values. */
export { CLIENT_VALUE_MAX, VARIABLE_KEY, VARIABLE_KEY_MAX } from './domain/variables';
export type { Variable, VariableOwner } from './domain/variables';
export { VariableErrors } from './domain/variables.errors';
export { VariablesModule } from './variables.module';
/** The field of a variable's name, the same on every wire. */
export { VariableKeyField } from './http/variable-key.field';
