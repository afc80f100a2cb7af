import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';

interface Answer {
  readonly summary: string;
  readonly description?: string;
  readonly status?: 200 | 201;
  readonly data: new () => object;
  readonly list?: 'all' | 'page';
  /** Example of `data`, or of one item of it. */
  readonly example: unknown;
}

/** Documents a management route of this wire: `{status_overview, status_code, data, pagination?}`. */
export function TkiAnswers(answer: Answer): MethodDecorator {
  const { summary, description, status = 200, data, list, example } = answer;
  const item = { $ref: getSchemaPath(data) };
  const properties: Record<string, object> = {
    status_overview: { type: 'string', enum: ['success'] },
    status_code: { type: 'integer', enum: [status] },
    data: list ? { type: 'array', items: item } : item,
    ...(list === 'page' ? { pagination: { $ref: '#/components/schemas/PaginationView' } } : {}),
  };
  const body = {
    status_overview: 'success',
    status_code: status,
    data: list ? [example] : example,
  };
  const page = { page: 1, limit: 20, total: 1, nextCursor: null };
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary, ...(description ? { description } : {}) }),
    ApiExtraModels(data),
    ApiResponse({
      status,
      description: 'Success',
      content: {
        'application/json': {
          schema: { type: 'object', required: Object.keys(properties), properties },
          example: list === 'page' ? { ...body, pagination: page } : body,
        },
      },
    }),
  );
}
