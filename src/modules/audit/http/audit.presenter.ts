import { IdPrefix, publicId } from '../../../kernel';
import type { Countries } from '../../../platform/geo';
import type {
  AuditRecord,
  ConsistencyProof,
  InclusionProof,
  SignedCheckpoint,
} from '../audit-reader.service';
import type { AuditActor, AuditTarget } from '../audit-trail';
import { riskOf, summaryOf } from '../domain/audit-actions';
import type {
  AuditRecordView,
  CheckpointView,
  ConsistencyView,
  InclusionView,
  PartyView,
} from './dto/audit.views';
import type { EventView } from './dto/events.dto';

/** How the ids of each kind of thing begin; null for those that are shown as plain UUIDs. */
const PREFIXES: Record<AuditActor['kind'] | AuditTarget, IdPrefix | null> = {
  'api-token': 'tok',
  'app-user': 'usr',
  'blacklist-entry': 'bl',
  'referral-code': 'ref',
  'seller-session': 'ssn',
  app: null,
  client: null,
  file: null,
  gateway: null,
  license: 'lic',
  operator: null,
  person: null,
  reseller: 'rsl',
  seller: 'seller',
  session: 'sess',
  system: null,
  variable: 'var',
  webhook: 'wh',
};

export function presentParty(kind: string, id: string | null): PartyView {
  const prefix = (PREFIXES as Readonly<Record<string, IdPrefix | null>>)[kind] ?? null;
  return { kind, id: id && prefix ? publicId(prefix, id) : id };
}

export function presentRecord(record: AuditRecord): AuditRecordView {
  const { actorKind, actorId, targetKind, targetId, outcome, severity, ip, requestId } = record;
  return {
    id: publicId('aud', record.id),
    sequence: record.seq,
    time: record.occurredAt.toISOString(),
    appId: record.appId,
    actor: presentParty(actorKind, actorId),
    action: record.action,
    target: presentParty(targetKind, targetId),
    outcome,
    severity,
    ip,
    requestId,
    details: record.details,
    erased: record.erasedBy !== null,
  };
}

export function presentEvent(record: AuditRecord, countries: Countries): EventView {
  const { id, sequence, time, appId, actor, target, outcome, severity, ip, requestId } =
    presentRecord(record);
  return {
    id,
    sequence,
    time,
    type: record.action,
    summary: summaryOf(record.action, outcome),
    risk: riskOf(record.action),
    severity,
    outcome,
    actor,
    target,
    appId,
    ip,
    country: countries.of(ip),
    requestId,
  };
}

export function presentCheckpoint(checkpoint: SignedCheckpoint): CheckpointView {
  const { size, root, issuedAt, keyId, publicKey, signature } = checkpoint;
  return {
    size,
    root: root.toString('hex'),
    issuedAt: issuedAt.toISOString(),
    keyId,
    publicKey: publicKey.toString('base64'),
    signature: signature.toString('base64'),
  };
}

export function presentInclusion(proof: InclusionProof): InclusionView {
  return {
    recordId: publicId('aud', proof.recordId),
    index: proof.index,
    leaf: proof.leaf,
    leafHash: proof.leafHash.toString('hex'),
    salt: proof.salt && proof.salt.toString('hex'),
    path: proof.path.map((hash) => hash.toString('hex')),
    checkpoint: presentCheckpoint(proof.checkpoint),
  };
}

export function presentConsistency({ from, path, checkpoint }: ConsistencyProof): ConsistencyView {
  return {
    from,
    path: path.map((hash) => hash.toString('hex')),
    checkpoint: presentCheckpoint(checkpoint),
  };
}
