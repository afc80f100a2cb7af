import { applyDecorators, HttpCode, Type } from '@nestjs/common';
import {
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { errorCatalogue, ErrorFactory } from '../../kernel';
import { STATUS_OF_CLASS } from './dialect';

/** Key under which a route collects the codes it can answer; resolved when the document is built. */
export const ERRORS_EXTENSION = 'x-error-codes';

/** Marks a public route in a class of others; resolved when the document is built. */
export const PUBLIC_EXTENSION = 'x-public';

/** Errors this route can answer, beside the ones every route can. */
export function ApiErrors(...errors: readonly ErrorFactory[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...errors.map((error) => {
      const definition = errorCatalogue().find(({ code }) => code === error.code)!;
      return ApiExtension(`${ERRORS_EXTENSION}-${error.code}`, STATUS_OF_CLASS[definition.class]);
    }),
  );
}

/** A view whose schema stands in the document. */
type View = Type<unknown>;

interface AnswerOptions {
  /** One line: what the route does. */
  readonly summary: string;
  /** What a caller should know that the summary does not say. */
  readonly description?: string;
  readonly status?: 200 | 201;
  /** Example of the whole body, from the documents where they show one. */
  readonly example: unknown;
  readonly data?: View;
  readonly list?: 'all' | 'page';
  readonly message?: string;
  /** Keys that stand beside `data`, with their schemas. */
  readonly beside?: Readonly<Record<string, object>>;
  /** An example of the same as CSV, where the caller can choose that. */
  readonly csv?: string;
}

/** Documents a house route: summary, success status, envelope and example. */
export function Answers(options: AnswerOptions): MethodDecorator {
  const { summary, description, status = 200, example, data, list, message, beside, csv } = options;
  const item = data && { $ref: getSchemaPath(data) };
  const properties: Record<string, object> = { success: { type: 'boolean', enum: [true] } };
  if (message) properties['message'] = { type: 'string', example: message };
  if (item) properties['data'] = list ? { type: 'array', items: item } : item;
  if (list === 'page') properties['pagination'] = { $ref: getSchemaPath(PaginationView) };
  Object.assign(properties, beside);
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary, ...(description ? { description } : {}) }),
    ApiExtraModels(PaginationView, ...(data ? [data] : [])),
    ApiResponse({
      status,
      description: message ?? 'Success',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: Object.keys(properties),
            properties,
          },
          example,
        },
        ...(csv ? { 'text/csv': { schema: { type: 'string' }, example: csv } } : {}),
      },
    }),
  );
}

/** Position of a page in its list. */
export class PaginationView {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  page: number;

  @ApiProperty({ type: 'integer', minimum: 1, example: 20 })
  limit: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Rows on all pages', example: 150 })
  total: number;

  @ApiProperty({
    required: false,
    enum: [true],
    type: Boolean,
    description: 'Present when so many rows match that `total` is an estimate',
  })
  totalIsEstimate?: true;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send it as `cursor` for the next page; null after the last row',
    example: 'p4v2k1x9q0-0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  })
  nextCursor: string | null;
}
