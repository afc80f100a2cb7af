import { PipeTransform } from '@nestjs/common';
import { ErrorFactory, IdPrefix, parsePublicId, parseUuid } from '../../kernel';

/**
 * The UUID inside a public id of the path. A malformed id answers exactly like a missing thing,
 * so that the shape of ids can be probed for nothing.
 */
export class IdPipe implements PipeTransform<string, string> {
  constructor(
    private readonly prefix: IdPrefix,
    private readonly missing: ErrorFactory,
  ) {}

  transform(value: string): string {
    const id = parsePublicId(this.prefix, value);
    if (id === null) throw this.missing();
    return id;
  }
}

/** The same for ids that are plain UUIDs. */
export class UuidPipe implements PipeTransform<string, string> {
  constructor(private readonly missing: ErrorFactory) {}

  transform(value: string): string {
    const id = parseUuid(value);
    if (id === null) throw this.missing();
    return id;
  }
}
