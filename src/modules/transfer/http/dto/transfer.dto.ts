import { EnumField } from '../../../../platform/http';
import { EXPORT_FORMATS, EXPORT_LISTS, ExportFormat, ExportList } from '../../export.service';
import { IMPORT_FORMATS, ImportFormat } from '../../file-reader';

export class ImportQuery {
  @EnumField(IMPORT_FORMATS, { example: 'json' })
  format: ImportFormat;

  @EnumField(['true', 'false'], {
    optional: true,
    example: 'true',
    description: '`true` answers the report and stores nothing',
  })
  dryRun?: 'true' | 'false';
}

export class ExportQuery {
  @EnumField(EXPORT_LISTS, { example: 'licenses' })
  what: ExportList;

  @EnumField(EXPORT_FORMATS, { optional: true, example: 'json', description: '`json` when absent' })
  format?: ExportFormat;
}
