import { Injectable } from '@nestjs/common';
import type { DomainError, ErrorClass } from '../../kernel';

/** An error as a wire spells it. */
export interface RenderedError {
  readonly status: number;
  readonly body: object;
}

/** What an error answer says of itself in the contract. */
export interface DescribedError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** How a wire's errors look in the contract. */
export interface ErrorShape {
  /** Name of the schema, and the schema. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  example(error: DescribedError): object;
}

/** A wire: the paths it owns and how it answers when something fails there. */
export interface Dialect {
  readonly name: string;
  /** A path belongs to the wire with the longest prefix that is the path or a parent of it. */
  readonly prefixes: readonly string[];
  renderError(error: DomainError, requestId: string): RenderedError;
  /** Absent where errors have the house's shape. */
  readonly errorShape?: ErrorShape;
}

/** The HTTP status of each class of error, where a document does not say otherwise. */
export const STATUS_OF_CLASS: Record<ErrorClass, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'unsupported-media': 415,
  mismatch: 422,
  unsatisfiable: 416,
  limited: 429,
  unavailable: 503,
  internal: 500,
  'insufficient-storage': 507,
};

/** Knows which wire a path belongs to, also for requests that reached no route. */
@Injectable()
export class DialectRegistry {
  private readonly owners: { prefix: string; dialect: Dialect }[] = [];

  register(dialect: Dialect): void {
    for (const prefix of dialect.prefixes) this.owners.push({ prefix, dialect });
    this.owners.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** The wire that answers for `path` (without query). The root prefix '' must be registered. */
  forPath(path: string): Dialect {
    const owner = this.owners.find(
      ({ prefix }) => path === prefix || path.startsWith(`${prefix}/`) || prefix === '',
    );
    if (!owner) throw new Error('no dialect owns the root');
    return owner.dialect;
  }
}
