import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  Cursor,
  CURSOR_MAX,
  formProblem,
  instantProblem,
  nameKey,
  PAGE_LIMIT_DEFAULT,
  PAGE_LIMIT_MAX,
  PAGE_MAX,
  parseCursor,
  parseUrl,
  plainForm,
  textProblem,
  TextRule,
  WHOLE_LIST_LIMIT,
} from '../../kernel';
import { check, field, FieldOptions, IntOptions } from './field';

type TextOptions = FieldOptions &
  TextRule & {
    readonly format?: string;
    /** Puts the text into its one spelling, which is what is then judged and kept. */
    readonly form?: (text: string) => string;
  };

/** Whether a text from outside a body, such as a path parameter, may be looked up. */
export function isPlainText(value: string, max: number): boolean {
  return textProblem(value, { max }) === null;
}

/** A string without control characters and lone surrogates, bounded in code points. */
export function TextField(options: TextOptions): PropertyDecorator {
  const { min = 1, max, pattern, format, form } = options;
  return field(
    options,
    { type: String, minLength: min, maxLength: max, pattern: pattern?.source, format },
    ...(form ? [Formed(form, max)] : []),
    check('text', (value) => textProblem(value, options)),
  );
}

/** Only what is text of that length gets another form; the rest is left to be refused as it is. */
function Formed(form: (text: string) => string, max: number): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && textProblem(value, { min: 0, max }) === null ? form(value) : value,
  );
}

/** A name that others see: it must hold something visible (see `nameKey`). */
export function NameField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  return field(
    options,
    { type: String, minLength: 1, maxLength: options.max },
    check('name', (value) => {
      const asText = textProblem(value, { max: options.max });
      return asText ?? formProblem(nameKey(value as string), options.max);
    }),
  );
}

/** A password: any text of 8 to 128 characters when it is set, 1 to 128 when it is tried. */
export function PasswordField(
  purpose: 'set' | 'try',
  options: FieldOptions = {},
): PropertyDecorator {
  return TextField({
    ...options,
    min: purpose === 'set' ? 8 : 1,
    max: 128,
    format: 'password',
    form: (text) => text.normalize('NFC'),
  });
}

const EMAIL = /^[^\s@"<>(),;:\\[\]]{1,64}@[^\s@"<>(),;:\\[\]]+\.[^\s@"<>(),;:\\[\].]{2,63}$/;

/** An e-mail address, in its one spelling: mail must not go to a look-alike of what was checked. */
export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  return TextField({
    ...options,
    form: plainForm,
    min: 6,
    max: 254,
    pattern: EMAIL,
    patternHelp: 'an e-mail address such as dev@example.com',
    format: 'email',
  });
}

/** An absolute http(s) address without credentials in it. */
export function WebUrlField(options: FieldOptions = {}): PropertyDecorator {
  const problem = (value: unknown): string | null => {
    const asText = textProblem(value, { max: 2_048 });
    if (asText) return asText;
    const url = parseUrl(value as string);
    const good =
      url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    return good ? null : 'must be an http or https address';
  };
  return field(
    options,
    { type: String, format: 'uri', minLength: 1, maxLength: 2_048 },
    check('url', problem),
  );
}

export function IntField(options: IntOptions): PropertyDecorator {
  const { min, max } = options;
  return field(
    options,
    { type: 'integer', minimum: min, maximum: max },
    check('int', (value) =>
      Number.isInteger(value) && (value as number) >= min && (value as number) <= max
        ? null
        : `must be a whole number from ${min} to ${max}`,
    ),
  );
}

export function BoolField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: Boolean },
    check('bool', (value) => (typeof value === 'boolean' ? null : 'must be true or false')),
  );
}

export function EnumField(
  values: readonly string[],
  options: FieldOptions = {},
): PropertyDecorator {
  return field(
    options,
    { type: String, enum: [...values] },
    check('enum', (value) =>
      typeof value === 'string' && values.includes(value)
        ? null
        : `must be one of ${values.join(', ')}`,
    ),
  );
}

/** A list of strings, each judged by `item`. */
export function ArrayField(
  item: TextOptions,
  options: FieldOptions & { readonly min?: number; readonly max: number },
): PropertyDecorator {
  const { min = 0, max } = options;
  const problem = (value: unknown): string | null => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      return `must be a list of ${min} to ${max} strings`;
    }
    const bad = value.findIndex((entry) => textProblem(entry, item) !== null);
    return bad === -1 ? null : `item ${bad} ${textProblem(value[bad], item)}`;
  };
  return field(
    options,
    {
      type: 'array',
      items: { type: 'string', minLength: item.min ?? 1, maxLength: item.max },
      minItems: min,
      maxItems: max,
    },
    check('list', problem),
  );
}

/** An instant in UTC, ISO-8601 with `Z`; stays the string it was sent as. */
export function InstantField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'date-time', maxLength: 24 },
    check('instant', instantProblem),
  );
}

/** Takes digits for the number they are: where every value is a text, as in a query or a form. */
export function NumberAsText(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  );
}

/** A whole number in a query string. */
export function QueryInt(options: IntOptions): PropertyDecorator {
  return applyDecorators(NumberAsText(), IntField(options));
}

/** Where a list continues; becomes the place it names. */
function CursorField(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && value.length <= CURSOR_MAX
        ? (parseCursor(value) ?? value)
        : value,
    ),
    field(
      {
        optional: true,
        description: '`nextCursor` of the page before; takes the place of `page`',
        example: 'p4v2k1x9q0-0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
      },
      { type: String, minLength: 1, maxLength: CURSOR_MAX },
      check('cursor', (value) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? null
          : 'must be the nextCursor of a page of this list',
      ),
    ),
  );
}

/** The `page`, `limit` and `cursor` of every list. */
export class PageQuery {
  @QueryInt({ min: 1, max: PAGE_MAX, optional: true, description: 'Page, from 1', example: 1 })
  page: number = 1;

  @QueryInt({
    min: 1,
    max: PAGE_LIMIT_MAX,
    optional: true,
    description: `Rows a page; ${PAGE_LIMIT_DEFAULT} when absent`,
    example: PAGE_LIMIT_DEFAULT,
  })
  limit: number = PAGE_LIMIT_DEFAULT;

  @CursorField()
  cursor?: Cursor;
}

/** The same for lists that the documents show without pages: whole, as far as that is sensible. */
export class WholeListQuery {
  @QueryInt({ min: 1, max: PAGE_MAX, optional: true, description: 'Page, from 1', example: 1 })
  page: number = 1;

  @QueryInt({
    min: 1,
    max: WHOLE_LIST_LIMIT,
    optional: true,
    description: `Rows a page; ${WHOLE_LIST_LIMIT} when absent`,
    example: 100,
  })
  limit: number = WHOLE_LIST_LIMIT;

  @CursorField()
  cursor?: Cursor;
}
