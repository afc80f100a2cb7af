import { IntField, TextField } from '../../../platform/http';
import {
  CHANNEL,
  CHANNEL_DEFAULT,
  CHANNEL_MAX,
  FILE_NAME,
  FILE_NAME_HELP,
  FILE_NAME_MAX,
  LEVEL_MAX,
  VERSION,
  VERSION_MAX,
} from '../domain/file';

interface Presence {
  readonly optional?: boolean;
  readonly nullable?: boolean;
}

/** The name of a file in a body. */
export function FileNameField(presence: Presence = {}): PropertyDecorator {
  return TextField({
    ...presence,
    max: FILE_NAME_MAX,
    pattern: FILE_NAME,
    patternHelp: FILE_NAME_HELP,
    example: 'loader.exe',
  });
}

/** The level below which a client does not get the file. */
export function MinLevelField(presence: Presence = {}): PropertyDecorator {
  return IntField({
    ...presence,
    min: 0,
    max: LEVEL_MAX,
    description: 'Clients below this level do not get the file; 0 when absent at its creation',
    example: 1,
  });
}

/** The version of a file, by which clients find the newest. */
export function VersionField(presence: Presence = {}): PropertyDecorator {
  return TextField({
    ...presence,
    max: VERSION_MAX,
    pattern: VERSION,
    patternHelp: 'a semantic version such as 1.2.3 or 2.0.0-beta.1',
    description: 'Semantic version; null is none. Clients find the newest by it',
    example: '1.2.3',
  });
}

/** The channel of a file. */
export function ChannelField(presence: Presence = {}): PropertyDecorator {
  return TextField({
    ...presence,
    max: CHANNEL_MAX,
    pattern: CHANNEL,
    patternHelp: 'lower-case letters, digits and hyphens',
    description: `Versions are compared within a channel; \`${CHANNEL_DEFAULT}\` when absent`,
    example: CHANNEL_DEFAULT,
  });
}
