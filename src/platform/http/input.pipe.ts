import { ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common';
import { InputClass, validateInput } from './validation';

/** Validates every body and query of the house API against its class; unknown keys are refused. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { type, metatype } = metadata;
    if ((type !== 'body' && type !== 'query') || !metatype || metatype === Object) return value;
    // A POST without a body parses to undefined or null; as an empty object it is judged by fields.
    const input = type === 'query' ? { ...(value as object) } : (value ?? {});
    return validateInput(metatype as InputClass<object>, input, 'refuse');
  }
}
