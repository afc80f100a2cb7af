import type { StoredFile } from '../files.service';
import type { FileView } from './dto/files.views';

/** A file: the documents' fields [seed 000], then version, channel and digest. */
export function presentFile(file: StoredFile): FileView {
  const { code: id, appId, name, size, minLevel, version, channel, sha256 } = file;
  return {
    id,
    name,
    size,
    path: `/uploads/${appId}/${id}_${name}`,
    minLevel,
    version,
    channel,
    sha256: sha256?.toString('hex') ?? null,
    createdAt: file.createdAt.toISOString(),
    updatedAt: file.updatedAt.toISOString(),
  };
}
