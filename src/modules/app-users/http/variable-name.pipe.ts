import { PipeTransform } from '@nestjs/common';
import { invalidInput, isPlainText } from '../../../platform/http';
import { VARIABLE_KEY, VARIABLE_KEY_MAX } from '../../variables';

/** The name of a variable in a path, held to the same rule as in a body. @throws INVALID_INPUT */
export class VariableNamePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (isPlainText(value, VARIABLE_KEY_MAX) && VARIABLE_KEY.test(value)) return value;
    const message = `must be 1 to ${VARIABLE_KEY_MAX} visible characters without blanks`;
    throw invalidInput([{ field: 'name', message }]);
  }
}
