import { publicId } from '../../../kernel';
import type { BlacklistEntry } from '../blacklist.service';
import type { BlacklistEntryView } from './dto/blacklist.views';

/** An entry; the documents' four fields first [seed 000]. */
export function presentEntry(entry: BlacklistEntry): BlacklistEntryView {
  return {
    id: publicId('bl', entry.id),
    type: entry.type,
    value: entry.value,
    reason: entry.reason,
    expiresAt: entry.expiresAt?.toISOString() ?? null,
    attempts: entry.attempts,
    lastAttemptAt: entry.lastAttemptAt?.toISOString() ?? null,
    createdAt: entry.createdAt.toISOString(),
  };
}
