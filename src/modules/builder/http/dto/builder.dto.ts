import { EnumField, NameField, TextField, WebUrlField } from '../../../../platform/http';
import { AUTH_TYPES, AuthType, Language, LANGUAGES } from '../../domain/languages';

export class BuildLoaderDto {
  @TextField({ max: 64, example: '94c39ce0-b3d3-481a-b2ac-4eae5fba888d' })
  appId: string;

  @EnumField(LANGUAGES, {
    example: 'cpp',
    description:
      '`cpp` is an executable for Windows, `cpp-linux` one for Linux; the rest are scripts',
  })
  language: Language;

  @EnumField(AUTH_TYPES, {
    example: 'both',
    description: 'Whether users sign in with name and password, with a key, or as they like',
  })
  authType: AuthType;

  @NameField({ max: 64, example: 'My App Loader' })
  title: string;

  @TextField({
    max: 64,
    optional: true,
    nullable: true,
    example: 'abc123',
    description: 'File of the application that the loader fetches after signing in',
  })
  fileId?: string | null;

  @WebUrlField({
    optional: true,
    example: 'https://licences.example.com',
    description: 'Where the loader finds this server; `PUBLIC_URL` of the server when absent',
  })
  apiUrl?: string;
}
