import { parseUrl } from '../../src/kernel';
import type { Contract, Route, Schema } from '../security/contract';
import type { Injected } from '../security/support';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function textProblem(schema: Schema, value: string): string | null {
  const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
  const length = [...value].length;
  if (length < minLength || length > maxLength) return `length ${length}`;
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return `against ${pattern}`;
  if (format === 'uuid' && !UUID.test(value)) return 'no UUID';
  if (format === 'uri' && !parseUrl(value)) return 'no address';
  return null;
}

/** Limits, patterns and formats; what `Contract.problems` checks besides is the shape. */
function limits(contract: Contract, given: Schema, value: unknown, at: string): string[] {
  const schema = contract.resolve(given);
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const { items, maxItems = Infinity } = schema;
    const own = value.length > maxItems ? [`${at}: ${value.length} items`] : [];
    return [
      ...own,
      ...value.flatMap((item, i) => (items ? limits(contract, items, item, `${at}[${i}]`) : [])),
    ];
  }
  if (typeof value === 'object') {
    return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      limits(contract, property, (value as Record<string, unknown>)[name], `${at}.${name}`),
    );
  }
  if (typeof value === 'string') {
    const problem = textProblem(schema, value);
    return problem ? [`${at}: ${problem}`] : [];
  }
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const inside = typeof value !== 'number' || (value >= minimum && value <= maximum);
  return inside ? [] : [`${at}: ${String(value)} outside its range`];
}

/** What of an answer the document does not announce: status, content type, body, request id. */
export function contractBreaks(contract: Contract, route: Route, answer: Injected): string[] {
  const { status, headers, body } = answer;
  if (status >= 500) return [`status ${status}`];
  const documented = route.operation.responses[status];
  if (!documented) return [`status ${status} is not in the document`];
  const types = Object.keys(documented.content ?? {});
  const type = ((headers['content-type'] as string | undefined) ?? '').split(';')[0]!;
  if (types.length > 0 && !types.includes(type))
    return [`content type ${type}, not ${types.join()}`];
  const schema = contract.answer(route, status);
  if (!schema || type !== 'application/json') return [];
  const ids = status < 400 || body.requestId === headers['x-request-id'] ? [] : ['request id'];
  return [...ids, ...contract.problems(schema, body), ...limits(contract, schema, body, '')];
}
