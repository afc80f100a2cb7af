import { ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common';
import { InputClass, validateInput } from './validation';

const lenient = new WeakSet<object>();

/**
 * Marks an input of a wire whose clients were written for another server: keys it does not know are
 * dropped, for a program in the field cannot be corrected (ADR 6).
 */
export function DropsUnknownKeys(): ClassDecorator {
  return (type) => void lenient.add(type);
}

/** Validates every body and query against its class; the house refuses unknown keys. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { type, metatype } = metadata;
    if ((type !== 'body' && type !== 'query') || !metatype || metatype === Object) return value;
    // A POST without a body parses to undefined or null; as an empty object it is judged by fields.
    const input = type === 'query' ? { ...(value as object) } : (value ?? {});
    const unknownKeys = lenient.has(metatype) ? 'drop' : 'refuse';
    return validateInput(metatype as InputClass<object>, input, unknownKeys);
  }
}
