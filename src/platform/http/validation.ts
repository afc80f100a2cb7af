import { plainToInstance } from 'class-transformer';
import { validateSync, ValidationError } from 'class-validator';
import { CommonErrors, FieldProblem } from '../../kernel';

export type InputClass<T> = new () => T;

/** What is said of a key that the class does not declare. */
export const UNKNOWN_FIELD = 'is not a known field';

/** What happens to keys the class does not declare: the house refuses them, old wires drop them. */
export type UnknownKeys = 'refuse' | 'drop';

/**
 * An instance of `type` from parsed JSON, every field checked, nothing converted.
 * @throws INVALID_INPUT naming every bad field by its path
 */
export function validateInput<T extends object>(
  type: InputClass<T>,
  input: unknown,
  unknownKeys: UnknownKeys,
): T {
  // The validator would skip an array, and treat null as nothing to check.
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidInput([{ field: 'body', message: 'must be a JSON object' }]);
  }
  const traps = fieldsWithConstructor(input);
  if (traps.length > 0) throw invalidInput(traps);
  const value = plainToInstance(type, input);
  const errors = validateSync(value, {
    whitelist: true,
    forbidNonWhitelisted: unknownKeys === 'refuse',
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  const problems = errors.flatMap((error) => problemsOf(error, ''));
  if (unknownKeys === 'refuse') problems.push(...shadowingKeys(input, value));
  if (problems.length > 0) throw invalidInput(problems);
  return value;
}

/** No form has so many fields; a body of a thousand unknown keys is not answered in kind. */
const MAX_PROBLEMS = 50;

/** INVALID_INPUT whose sentence names the first problem and whose `errors` lists them. */
export function invalidInput(problems: readonly FieldProblem[]) {
  const [first] = problems;
  return CommonErrors.INVALID_INPUT({
    message: first ? `${first.field}: ${first.message}` : undefined,
    problems: problems.slice(0, MAX_PROBLEMS),
  });
}

/**
 * Fields in which an object has a key `constructor` of its own. The transformer takes it for the
 * object's class and calls it, whatever it is.
 */
function fieldsWithConstructor(input: object): FieldProblem[] {
  const holds = (value: unknown): boolean => {
    const left: unknown[] = [value];
    while (left.length > 0) {
      const next = left.pop();
      if (typeof next !== 'object' || next === null) continue;
      if (Object.hasOwn(next, 'constructor')) return true;
      for (const inner of Object.values(next)) left.push(inner);
    }
    return false;
  };
  return Object.entries(input)
    .filter(([, value]) => holds(value))
    .map(([field]) => ({
      field: field.slice(0, FIELD_NAME_MAX),
      message: 'must not hold a key named constructor',
    }));
}

/** Keys like `constructor`, which the transformer leaves out before the validator could refuse them. */
function shadowingKeys(input: object, value: object): FieldProblem[] {
  return Object.keys(input)
    .filter((key) => !Object.hasOwn(value, key))
    .map((field) => ({ field, message: UNKNOWN_FIELD }));
}

const FIELD_NAME_MAX = 64;

function problemsOf(error: ValidationError, parent: string): FieldProblem[] {
  const field = parent + error.property.slice(0, FIELD_NAME_MAX);
  const nested = (error.children ?? []).flatMap((child) => problemsOf(child, `${field}.`));
  const [kind, text] = Object.entries(error.constraints ?? {})[0] ?? [];
  if (kind === undefined) return nested;
  const message = kind === 'whitelistValidation' ? UNKNOWN_FIELD : (text ?? 'is not valid');
  return [{ field, message }, ...nested];
}
