import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { buildOpenApi } from '../../src/platform/http';

/** As much of a JSON schema as our document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly example?: unknown;
  /** From the type `null` beside another. */
  readonly nullable?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly discriminator?: { readonly mapping: Readonly<Record<string, string>> };
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema } | undefined>>;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly security: readonly Record<string, unknown>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** One operation of the document. */
export interface Route {
  /** `METHOD /path/{param}`. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  /** Names of the path parameters, in the order of the path. */
  readonly params: readonly string[];
  readonly body: Schema | undefined;
  /** What a caller must show; null when the route is public or takes its credentials in the body. */
  readonly credential: 'seller' | 'reseller' | 'app-client' | 'gateway' | null;
  readonly secured: boolean;
  /** Whether unknown fields are dropped, as on the wires whose clients cannot be corrected. */
  readonly lenient: boolean;
}

/** One kind of body: a house route's, or one `type` of `POST /v1`. */
export interface BodyCase {
  readonly route: Route;
  /** Route key, and the type where one route takes several. */
  readonly name: string;
  readonly type?: string;
  readonly schema: Schema;
}

/** Whether a resolved schema takes text that a person chooses. */
export function isText({ type, enum: values, format }: Schema): boolean {
  return type === 'string' && !values && format !== 'date-time';
}

/** The document with null as a flag beside one type, as its readers here want it. */
function withFlags(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFlags);
  if (typeof value !== 'object' || value === null) return value;
  const read = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withFlags(item)]),
  );
  const { type, enum: members } = read as { type?: unknown; enum?: unknown };
  if (!Array.isArray(type) || !type.includes('null')) return read;
  const listed = Array.isArray(members)
    ? { enum: members.filter((member) => member !== null) }
    : {};
  return { ...read, ...listed, type: type.find((one) => one !== 'null'), nullable: true };
}

/** The OpenAPI document, read the way the generated tests need it. */
export class Contract {
  readonly routes: readonly Route[];
  /** Those too whose answers do not end. */
  readonly documented: readonly Route[];
  private readonly schemas: Readonly<Record<string, Schema>>;

  constructor(app: INestApplication) {
    const document = withFlags(buildOpenApi(app, 'test')) as OpenAPIObject;
    this.schemas = document.components!.schemas as unknown as Record<string, Schema>;
    const paths = document.paths as unknown as Record<string, Record<string, Operation>>;
    const all = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([verb, operation]): Route => {
        const method = verb.toUpperCase();
        return {
          key: `${method} ${path}`,
          method,
          path,
          operation,
          parameters: operation.parameters ?? [],
          params: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!),
          body: operation.requestBody?.content?.['application/json']?.schema,
          credential: (operation.security.flatMap(Object.keys)[0] ?? null) as Route['credential'],
          secured: operation.security.length > 0,
          lenient: (operation.tags ?? []).some((tag) => /\(REST\)$|^TKI Auth$/.test(tag)),
        };
      }),
    );
    this.documented = all;
    // An answer that does not end cannot be waited for: test/audit/events.test.ts looks at it.
    this.routes = all.filter(
      ({ operation }) => !operation.responses['200']?.content?.['text/event-stream'],
    );
  }

  resolve(schema: Schema): Schema {
    if (schema.$ref) return this.resolve(this.schemas[schema.$ref.split('/').pop()!]!);
    if (!schema.allOf) return schema;
    const parts = schema.allOf.map((part) => this.resolve(part));
    return Object.assign({}, ...parts, { ...schema, allOf: undefined }) as Schema;
  }

  /** Every kind of request body there is. */
  bodies(): BodyCase[] {
    return this.routes.flatMap((route): BodyCase[] => {
      if (!route.body) return [];
      const { discriminator } = route.body;
      if (!discriminator) {
        return [{ route, name: route.key, schema: this.resolve(route.body) }];
      }
      return Object.entries(discriminator.mapping).map(([type, $ref]) => ({
        route,
        name: `${route.key} ${type}`,
        type,
        schema: this.resolve({ $ref }),
      }));
    });
  }

  /** The schema of a route's answer with that status, if it documents one. */
  answer(route: Route, status: number): Schema | undefined {
    return route.operation.responses[status]?.content?.['application/json']?.schema;
  }

  /** What of `value` the schema does not allow; unknown fields are a problem wherever they are. */
  problems(schema: Schema, value: unknown, at = ''): string[] {
    const {
      type,
      properties = {},
      required = [],
      nullable,
      items,
      format,
      ...own
    } = this.resolve(schema);
    if (value === null) return nullable ? [] : [`${at}: null`];
    if (own.oneOf) {
      const found = own.oneOf.map((one) => this.problems(one, value, at));
      return found.some((problems) => problems.length === 0) ? [] : found[0]!;
    }
    if (own.enum && !own.enum.includes(value)) return [`${at}: not in the enum`];
    if (type === 'array') {
      if (!Array.isArray(value)) return [`${at}: no array`];
      return value.flatMap((item, index) => this.problems(items!, item, `${at}[${index}]`));
    }
    if (type === 'object') {
      if (typeof value !== 'object' || Array.isArray(value)) return [`${at}: no object`];
      const isOpen = own.additionalProperties === true;
      const unknown = Object.keys(value).filter((key) => !isOpen && !(key in properties));
      const missing = required.filter((key) => !(key in value));
      return [
        ...unknown.map((key) => `${at}.${key}: not in the document`),
        ...missing.map((key) => `${at}.${key}: missing`),
        ...Object.entries(value).flatMap(([key, item]) =>
          properties[key] ? this.problems(properties[key], item, `${at}.${key}`) : [],
        ),
      ];
    }
    if (type === 'integer') return Number.isInteger(value) ? [] : [`${at}: no integer`];
    if (type !== typeof value) return [`${at}: no ${type}`];
    const instant = typeof value === 'string' && format === 'date-time' ? new Date(value) : null;
    return instant && instant.toISOString() !== value ? [`${at}: no instant`] : [];
  }

  /** The smallest valid body: the required fields, by their examples. */
  minimal(schema: Schema): Record<string, unknown> {
    return Object.fromEntries(
      (schema.required ?? []).map((name) => [name, this.valid(schema.properties![name]!)]),
    );
  }

  /** A value the schema allows. */
  valid(schema: Schema): unknown {
    const { example, enum: values, type, minimum, items, minItems = 1 } = this.resolve(schema);
    if (example !== undefined) return example;
    if (values) return values[0];
    if (type === 'integer') return minimum ?? 1;
    if (type === 'boolean') return true;
    if (type === 'array') return Array.from({ length: minItems }, () => this.valid(items!));
    if (type === 'object') return {};
    return 'text';
  }
}
