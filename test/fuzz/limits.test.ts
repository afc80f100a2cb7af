import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Contract, Schema } from '../security/contract';
import { startTestServer, TestServer } from '../support/server';

/** Bounded by what the text must look like. */
const BOUNDED_FORMATS = ['uuid'];

/** Names of classes that become schemas of the document, as often as they are declared. */
function schemaNames(sources: readonly string[]): string[] {
  return sources.flatMap((source) =>
    [...source.matchAll(/^(?:export )?class (\w+(?:Dto|View|Query))\b/gm)].map(([, name]) => name!),
  );
}

function doubled(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/** What of a request's schema has no limit. */
function unlimited(contract: Contract, given: Schema, at: string): string[] {
  const schema = contract.resolve(given);
  if (schema.enum) return [];
  const boundedPattern = /^\^[^*+]*\$$/.test(schema.pattern ?? '');
  if (schema.type === 'string') {
    const bounded =
      schema.maxLength !== undefined ||
      boundedPattern ||
      BOUNDED_FORMATS.includes(schema.format ?? '');
    return bounded ? [] : [`${at}: no maxLength`];
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const bounded = schema.minimum !== undefined && schema.maximum !== undefined;
    return bounded ? [] : [`${at}: no minimum and maximum`];
  }
  if (schema.type === 'array') {
    const own = schema.maxItems === undefined ? [`${at}: no maxItems`] : [];
    return [...own, ...unlimited(contract, schema.items!, `${at}[]`)];
  }
  if (schema.type === 'boolean') return [];
  if (schema.type === 'object' && schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, property]) =>
      unlimited(contract, property, `${at}.${name}`),
    );
  }
  return [`${at}: of no known type`];
}

describe('F-02 limits stand in the document', () => {
  let server: TestServer;
  let contract: Contract;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
  });
  afterAll(() => server.close());

  test('F-02 every string, number and list of every request has one', () => {
    const bodies = contract
      .bodies()
      .flatMap(({ name, schema }) => unlimited(contract, schema, name));
    const parameters = contract.routes.flatMap(({ key, parameters }) =>
      parameters.flatMap(({ name, schema }) => unlimited(contract, schema, `${key} ${name}`)),
    );
    expect([...bodies, ...parameters]).toEqual([]);
  });

  test('F-10 no two classes share the name of a schema: one would stand for both', () => {
    const root = join(__dirname, '../../src');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const sources = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, file), 'utf8'));
    expect(schemaNames(sources).length).toBeGreaterThan(30);
    expect(doubled(schemaNames(sources))).toEqual([]);
    expect(doubled(schemaNames(['class ADto {', 'export class ADto extends B {']))).toEqual([
      'ADto',
    ]);
  });

  test('F-02 twin: what has none is found', () => {
    const loose: Schema = {
      type: 'object',
      properties: {
        text: { type: 'string' },
        pattern: { type: 'string', pattern: '^a+$' },
        number: { type: 'integer', minimum: 1 },
        list: { type: 'array', items: { type: 'string' } },
        anything: {},
      },
    };
    expect(unlimited(contract, loose, 'x')).toHaveLength(6);
  });
});
