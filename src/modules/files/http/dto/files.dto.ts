import { IntField } from '../../../../platform/http';
import { ChannelField, FileNameField, MinLevelField, VersionField } from '../file.fields';

export class RegisterFileDto {
  @FileNameField()
  name: string;

  @IntField({
    min: 0,
    max: 2 ** 40,
    optional: true,
    description: 'Bytes; shown until the content has been uploaded',
    example: 2516582,
  })
  size?: number;

  @MinLevelField({ optional: true })
  minLevel?: number;

  @VersionField({ optional: true, nullable: true })
  version?: string | null;

  @ChannelField({ optional: true })
  channel?: string;
}

export class ChangeFileDto {
  @FileNameField({ optional: true })
  name?: string;

  @MinLevelField({ optional: true })
  minLevel?: number;

  @VersionField({ optional: true, nullable: true })
  version?: string | null;

  @ChannelField({ optional: true })
  channel?: string;
}
