import { PipeTransform } from '@nestjs/common';
import { isPlainText } from '../../../platform/http';
import { KEY_MAX } from '../domain/license-key';
import { LicenseErrors } from '../domain/licenses.errors';

/** A licence key in the path. What cannot be a key is a key that does not exist. */
export class KeyPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isPlainText(value, KEY_MAX)) throw LicenseErrors.LICENSE_NOT_FOUND();
    return value;
  }
}
