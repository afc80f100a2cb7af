import { ApiProperty } from '@nestjs/swagger';

export class TallyView {
  @ApiProperty({ type: 'integer', minimum: 0, example: 1200 })
  created: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Exist already, equal in all that the file says of them',
    example: 34,
  })
  unchanged: number;
}

export class ImportErrorView {
  @ApiProperty({
    enum: ['licenses', 'users', 'subscription', 'file'],
    description: 'List of the file',
  })
  list: string;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Position in the list, from 1; a CSV header is not counted',
    example: 17,
  })
  row: number;

  @ApiProperty({ example: 'level' })
  field: string;

  @ApiProperty({ example: 'must be a whole number from 0 to 1000000' })
  message: string;
}

export class ImportReportView {
  @ApiProperty()
  dryRun: boolean;

  @ApiProperty({ type: TallyView })
  licenses: TallyView;

  @ApiProperty({ type: TallyView })
  users: TallyView;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Rows that cannot be imported',
    example: 0,
  })
  errorCount: number;

  @ApiProperty({ type: [ImportErrorView], description: 'The first 1,000 of what is wrong' })
  errors: ImportErrorView[];
}
