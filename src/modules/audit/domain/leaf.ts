/** What a leaf says in clear. Ids are UUIDs; `at` is UTC with microseconds. */
export interface LeafRecord {
  readonly id: string;
  readonly at: string;
  readonly sellerId: string;
  readonly appId: string | null;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string | null;
  readonly outcome: string;
  readonly severity: string;
  readonly requestId: string;
}

/** What a leaf only commits to, so that it can be erased. */
export interface PersonalFields {
  readonly ip: string | null;
  /** The text of the JSON, to the byte as the database writes it. */
  readonly details: string;
}

/** The hashes of the personal fields, in hexadecimal. */
export type Commitments = Readonly<Record<keyof PersonalFields, string>>;

/**
 * The text that is hashed into the tree: JSON without spaces, its keys in this order. It is the
 * same for ever: another form would need another `v`.
 */
export function leafText(record: LeafRecord, { ip, details }: Commitments): string {
  const { id, at, sellerId, appId, actorKind, actorId, action } = record;
  const { targetKind, targetId, outcome, severity, requestId } = record;
  return JSON.stringify({
    v: 1,
    id,
    at,
    sellerId,
    appId,
    actorKind,
    actorId,
    action,
    targetKind,
    targetId,
    outcome,
    severity,
    requestId,
    ip,
    details,
  });
}

/** What is hashed of a personal field, behind the salt. An absent one differs from an empty one. */
export function committedText(name: keyof PersonalFields, value: string | null): string {
  return value === null ? `${name}\0` : `${name}\0=${value}`;
}

/** The text of a checkpoint that is signed; `root` in hexadecimal. */
export function checkpointText(size: number, root: string, issuedAt: string): string {
  return `latchkey audit checkpoint\n${size}\n${root}\n${issuedAt}\n`;
}
