import { ApiProperty } from '@nestjs/swagger';

export class FileView {
  @ApiProperty({ pattern: '^[0-9a-z]{6}$', example: 'abc123' })
  id: string;

  @ApiProperty({ example: 'loader.exe' })
  name: string;

  @ApiProperty({
    type: 'integer',
    description: 'Bytes; as announced until the content has been uploaded',
    example: 2516582,
  })
  size: number;

  @ApiProperty({
    description: 'As the document shows it; where the content really lies says nobody',
    example: '/uploads/94c39ce0-b3d3-481a-b2ac-4eae5fba888d/abc123_loader.exe',
  })
  path: string;

  @ApiProperty({ type: 'integer', example: 1 })
  minLevel: number;

  @ApiProperty({ type: String, nullable: true, example: '1.2.3' })
  version: string | null;

  @ApiProperty({ example: 'stable' })
  channel: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of the content, in hex; null until it has been uploaded',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
}
