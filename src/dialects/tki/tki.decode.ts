import { normalizeKey, plainForm, textProblem } from '../../kernel';
import type { FieldProblem } from '../../kernel';
import type { PartialClaim, ProductClaim } from '../../modules/client-access';
import { readDeclaredAddress } from '../../platform/network';
import { HWID_REQUIRED, INVALID_IP, MISSING_FIELDS } from './tki.errors';

/** A request that does not say enough: what to answer, and what was understood of it. */
export interface Unclear {
  readonly code: 'INVALID_INPUT';
  readonly message: string;
  readonly problems: readonly FieldProblem[];
  readonly claim: PartialClaim;
}

const FIELDS = ['product', 'version', 'licensekey', 'ip', 'hwid'] as const;
type Field = (typeof FIELDS)[number];

/** Characters of each field. */
const MAX: Readonly<Record<Field, number>> = {
  product: 100,
  version: 64,
  licensekey: 128,
  ip: 262,
  hwid: 256,
};

/** Reads `data` of the request [doc 003]. Clients of another server sent it: unknown keys are dropped. */
export function decodeClaim(body: unknown, requireHwid: boolean): ProductClaim | Unclear {
  const data = isRecord(body) && isRecord(body['data']) ? body['data'] : null;
  if (data === null) return unclear(MISSING_FIELDS, [noObject(body)]);
  const texts: Partial<Record<Field, string>> = {};
  const problems: FieldProblem[] = [];
  for (const name of FIELDS) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    const absent = value === undefined || value === null || value === '';
    if (absent && name === 'hwid' && !requireHwid) continue;
    const problem = absent ? 'is missing' : problemOf(name, value);
    if (problem) problems.push({ field: `data.${name}`, message: problem });
    else texts[name] = name === 'hwid' ? plainForm(value as string) : (value as string);
  }
  const { product, version, licensekey: licenseKey, ip, hwid } = texts;
  const claim = { product, version, licenseKey, address: ip, hwid };
  if (problems.length > 0) return unclear(messageFor(problems), problems, claim);
  const address = readDeclaredAddress(ip!.trim());
  if (address === null) {
    problems.push({ field: 'data.ip', message: 'must be host, host:port or an IPv6 address' });
    return unclear(INVALID_IP, problems, claim);
  }
  return {
    product: product!,
    version: version!,
    licenseKey: licenseKey!,
    address,
    hwid: hwid ?? null,
  };
}

function unclear(
  message: string,
  problems: readonly FieldProblem[],
  claim: PartialClaim = {},
): Unclear {
  return { code: 'INVALID_INPUT', message, problems, claim };
}

/** Which object is missing: the body's, or the one inside it. */
function noObject(body: unknown): FieldProblem {
  return { field: isRecord(body) ? 'data' : 'body', message: 'must be an object' };
}

function problemOf(name: Field, value: unknown): string | null {
  const problem = textProblem(value, { max: MAX[name] });
  if (problem) return problem;
  const form = name === 'licensekey' ? normalizeKey(value as string) : plainForm(value as string);
  return form === '' || [...form].length > MAX[name] ? 'must hold a visible character' : null;
}

/** D-T1: only the HWID is missing, and nothing else is wrong. */
function messageFor([first, ...others]: readonly FieldProblem[]): string {
  const onlyHwid = others.length === 0 && first!.field === 'data.hwid';
  return onlyHwid && first!.message === 'is missing' ? HWID_REQUIRED : MISSING_FIELDS;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
