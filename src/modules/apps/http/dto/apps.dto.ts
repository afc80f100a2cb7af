import {
  ArrayField,
  BoolField,
  EnumField,
  IntField,
  NameField,
  TextField,
  WebUrlField,
} from '../../../../platform/http';
import { APP_STATUSES, AppStatus, FILE_RESPONSE_MODES, FileResponseMode } from '../../domain/app';

export class CreateAppDto {
  @NameField({ max: 100, example: 'My New App' })
  name: string;
}

export class UpdateAppDto {
  @NameField({ max: 100, optional: true, example: 'Updated Name' })
  name?: string;

  @TextField({ max: 64, optional: true, example: '2.0.0', description: 'Shown by `init`' })
  version?: string;

  @EnumField(APP_STATUSES, { optional: true, example: 'ACTIVE' })
  status?: AppStatus;

  @WebUrlField({ optional: true, nullable: true, example: 'https://example.com/latest.zip' })
  updateUrl?: string | null;

  @BoolField({ optional: true, description: 'Clients must run on a bound device' })
  hwidLock?: boolean;

  @BoolField({ optional: true, description: '`init` must present one of `hashes`' })
  hashCheck?: boolean;

  @ArrayField({ max: 64 }, { max: 50, optional: true, description: 'Accepted program hashes' })
  hashes?: string[];

  @IntField({
    min: 0,
    max: 8_760,
    optional: true,
    description: 'Hours after a device reset in which only the former devices may return; 0 is off',
  })
  hwidResetCooldownHours?: number;

  @IntField({
    min: 60,
    max: 31_536_000,
    optional: true,
    description: 'Seconds a session lives without a heartbeat',
  })
  sessionTtlSeconds?: number;

  @BoolField({
    optional: true,
    description:
      'Refuse clients behind a VPN or proxy, by the list of the operator; without a list nobody could be judged, so it cannot be switched on',
  })
  vpnBlock?: boolean;

  @IntField({
    min: 0,
    max: 10_000,
    optional: true,
    description:
      'Addresses a licence may sign in from within a day before `license.shared_suspected` is told; 0 is off',
  })
  sharingThreshold?: number;

  @BoolField({
    optional: true,
    description: 'Programs that tell their version (`/api/license/auth`) must tell `version`',
  })
  enforceVersion?: boolean;
  @EnumField(FILE_RESPONSE_MODES, {
    optional: true,
    description: 'How `type: "file"` answers: `json` with a link, `binary` with the bytes',
  })
  fileResponseMode?: FileResponseMode;

  @TextField({
    max: 71,
    optional: true,
    pattern: /^X{4,8}(-X{4,8}){2,7}$/,
    patternHelp: '3 to 8 groups of 4 to 8 X, joined by hyphens',
    example: 'XXXXX-XXXXX-XXXXX-XXXXX',
    description: 'Shape of new keys; a prefix takes the place of the first group',
  })
  keyFormat?: string;
}
