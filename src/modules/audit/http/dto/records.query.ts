import { parseAnyId } from '../../../../kernel';
import { EnumField, InstantField, PageQuery, QueryInt, TextField } from '../../../../platform/http';
import type { RecordFilter } from '../../audit-reader.service';

const UUID = /^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
const ANY_ID = /^([a-z]{2,8}_[0-9a-f]{32}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})$/;
const LEAVES_MAX = 1_000_000_000;

export const SEVERITIES = ['info', 'warning', 'critical'] as const;

/** What every list of records can be asked for. */
export class RecordsQuery extends PageQuery {
  @TextField({
    max: 36,
    optional: true,
    pattern: UUID,
    patternHelp: 'the id of an application',
    description: 'Only what concerns this application',
    example: '0199f0c8-a9e8-7d3f-9b1c-2d3e4f5a6b7c',
  })
  appId?: string;

  @TextField({
    max: 64,
    optional: true,
    pattern: ANY_ID,
    patternHelp: 'the id of whoever acted',
    description: 'Only what this seller, token, reseller, user or licence did',
    example: 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  })
  actorId?: string;

  @EnumField(SEVERITIES, { optional: true, example: 'critical' })
  severity?: string;

  @InstantField({ optional: true, description: 'Not before', example: '2025-06-15T00:00:00.000Z' })
  since?: string;

  @InstantField({ optional: true, description: 'Before', example: '2035-06-16T00:00:00.000Z' })
  until?: string;
}

export class AuditQuery extends RecordsQuery {
  @TextField({
    max: 64,
    optional: true,
    pattern: /^[a-z-]+\.[a-z-]+$/,
    patternHelp: 'an action such as license.ban',
    example: 'license.ban',
  })
  action?: string;

  @TextField({
    max: 64,
    optional: true,
    pattern: ANY_ID,
    patternHelp: 'the id of what it was done to',
    description: 'Only what was done to this licence, user, session …',
    example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  })
  targetId?: string;

  @TextField({
    max: 64,
    optional: true,
    pattern: /^[A-Za-z0-9._-]+$/,
    patternHelp: 'a request id',
    description: 'Only what this request did (`X-Request-Id`)',
    example: '4f1c0a9e2b00001a',
  })
  requestId?: string;
}

export class InclusionQuery {
  @TextField({
    max: 36,
    pattern: /^aud_[0-9a-f]{32}$/,
    patternHelp: 'the id of an audit record',
    example: 'aud_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  })
  recordId: string;
}

export class ConsistencyQuery {
  @QueryInt({
    min: 0,
    max: LEAVES_MAX,
    description: 'Size of the checkpoint you know',
    example: 0,
  })
  from: number;
}

/** What a query asks for, as the record is searched. */
export function filterOf(query: Partial<AuditQuery>): RecordFilter {
  const { appId, actorId, targetId, action, requestId, severity, since, until } = query;
  return {
    appId: appId?.toLowerCase(),
    actions: action === undefined ? undefined : [action],
    actorId: uuidIn(actorId),
    targetId: uuidIn(targetId),
    requestId,
    severity,
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  };
}

function uuidIn(id: string | undefined): string | undefined {
  return id === undefined ? undefined : (parseAnyId(id) ?? undefined);
}
