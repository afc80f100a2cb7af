import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf, ValidationOptions } from 'class-validator';

/** What every field can say of itself. */
export interface FieldOptions {
  readonly description?: string;
  readonly example?: unknown;
  /** May be absent. */
  readonly optional?: boolean;
  /** May be null: clears the value, or on old wires says the same as absent. */
  readonly nullable?: boolean;
}

export interface IntOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

/** The check of one field: `problem` tells what is wrong with a value, null when nothing is. */
export function check(
  name: string,
  problem: (value: unknown) => string | null,
  validation?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value) => problem(value) === null,
        defaultMessage: (args) => problem(args?.value) ?? 'is not valid',
      },
    },
    validation,
  );
}

/**
 * One decorator a field: its limits stand once and hold for the validator and the OpenAPI document.
 */
export function field(
  options: FieldOptions,
  schema: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const { description, example, optional = false, nullable = false } = options;
  const skip = ValidateIf(
    (_: object, value: unknown) =>
      !((optional && value === undefined) || (nullable && value === null)),
  );
  const documented = { ...schema, description, example, required: !optional };
  return applyDecorators(
    ApiProperty((nullable ? { ...documented, nullable } : documented) as ApiPropertyOptions),
    skip,
    ...checks,
  );
}
