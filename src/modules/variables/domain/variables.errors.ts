import { defineErrors } from '../../../kernel';
import { APP_VARIABLES_MAX, CLIENT_VARIABLES_MAX } from './variables';

export const VariableErrors = defineErrors('variables', {
  VARIABLE_NOT_FOUND: {
    class: 'missing',
    message: 'Variable not found',
    log: 'info',
    help: 'The application, or the user, has no variable of that id or name.',
  },
  VARIABLE_EXISTS: {
    class: 'conflict',
    message: 'Variable already exists',
    log: 'info',
    help: 'The application has a variable of that name. Change it, or choose another name.',
  },
  VARIABLE_LIMIT: {
    class: 'forbidden',
    message: 'Variable limit reached',
    log: 'info',
    help: `An application has at most ${APP_VARIABLES_MAX} variables, a user ${CLIENT_VARIABLES_MAX}. Delete some that are not needed.`,
  },
  VARIABLE_OWNER_NOT_FOUND: {
    class: 'missing',
    message: 'The owner of the variable does not exist any more',
    log: 'info',
    help: 'The application or the user was deleted while the variable was written.',
  },
});
