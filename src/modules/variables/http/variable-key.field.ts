import { TextField } from '../../../platform/http';
import { VARIABLE_KEY, VARIABLE_KEY_MAX } from '../domain/variables';

/** The name of a variable in a body. */
export function VariableKeyField(example: string): PropertyDecorator {
  return TextField({
    max: VARIABLE_KEY_MAX,
    pattern: VARIABLE_KEY,
    patternHelp: 'visible characters without blanks',
    example,
  });
}
