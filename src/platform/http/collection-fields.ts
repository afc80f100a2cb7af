import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { check, field, FieldOptions, IntOptions } from './field';

function listProblem(
  value: unknown,
  { min = 1, max }: { readonly min?: number; readonly max: number },
  isItem: (entry: unknown) => boolean,
  items: string,
): string | null {
  const good = Array.isArray(value) && value.length >= min && value.length <= max;
  const repeats = good && new Set(value).size < value.length;
  return good && !repeats && value.every(isItem)
    ? null
    : `must be a list of ${min} to ${max} ${items}, each once`;
}

/** A list of different whole numbers. */
export function IntListField(
  item: { readonly min: number; readonly max: number },
  options: FieldOptions & { readonly max: number },
): PropertyDecorator {
  const { min, max } = item;
  const isItem = (entry: unknown) =>
    Number.isInteger(entry) && (entry as number) >= min && (entry as number) <= max;
  return field(
    options,
    {
      type: 'array',
      items: { type: 'integer', minimum: min, maximum: max },
      minItems: 1,
      maxItems: options.max,
      uniqueItems: true,
    },
    check('int-list', (value) =>
      listProblem(value, options, isItem, `whole numbers from ${min} to ${max}`),
    ),
  );
}

/** A list of different members of an enumeration. */
export function EnumListField(
  values: readonly string[],
  options: FieldOptions = {},
): PropertyDecorator {
  const isItem = (entry: unknown) => typeof entry === 'string' && values.includes(entry);
  return field(
    options,
    {
      type: 'array',
      items: { type: 'string', enum: [...values] },
      minItems: 1,
      maxItems: values.length,
      uniqueItems: true,
    },
    check('enum-list', (value) =>
      listProblem(value, { max: values.length }, isItem, `of ${values.join(', ')}`),
    ),
  );
}

/** An object of whole numbers under known names, each of which may be absent. */
export function IntMapField(names: readonly string[], options: IntOptions): PropertyDecorator {
  const { min, max } = options;
  const problem = (value: unknown): string | null => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return 'must be an object';
    }
    const bad = Object.entries(value).find(
      ([name, number]) =>
        !names.includes(name) || !Number.isInteger(number) || number < min || number > max,
    );
    if (!bad) return null;
    return names.includes(bad[0])
      ? `${bad[0]} must be a whole number from ${min} to ${max}`
      : `may name only ${names.join(', ')}`;
  };
  const property = { type: 'integer', minimum: min, maximum: max };
  const properties = Object.fromEntries(names.map((name) => [name, property]));
  return applyDecorators(
    // As it was sent: the transformer leaves out keys such as `constructor` before they are judged.
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]),
    field(
      options,
      { type: 'object', properties, additionalProperties: false } as ApiPropertyOptions,
      check('int-map', problem),
    ),
  );
}
