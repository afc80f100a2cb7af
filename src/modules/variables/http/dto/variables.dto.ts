import { ApiProperty } from '@nestjs/swagger';
import { BoolField, TextField } from '../../../../platform/http';
import { APP_VALUE_MAX } from '../../domain/variables';
import { VariableKeyField } from '../variable-key.field';

const VALUE = { min: 0, max: APP_VALUE_MAX, multiline: true, example: '2.1.0' } as const;
const READ_ONLY = {
  optional: true,
  description: 'Reserves the name: no client may set a variable of its own under it',
  example: true,
} as const;

export class CreateVariableDto {
  @VariableKeyField('latest_version')
  key: string;

  @TextField(VALUE)
  value: string;

  @BoolField(READ_ONLY)
  readOnly?: boolean;
}

export class ChangeVariableDto {
  @TextField({ ...VALUE, optional: true })
  value?: string;

  @BoolField(READ_ONLY)
  readOnly?: boolean;
}

export class AppVariableView {
  @ApiProperty({ example: 'var_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'latest_version' })
  key: string;

  @ApiProperty({ example: '2.1.0' })
  value: string;

  @ApiProperty({ example: true })
  readOnly: boolean;
}
