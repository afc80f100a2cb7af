import { Contract, Schema } from '../security/contract';
import { startTestServer, TestServer } from '../support/server';

/** Bounded by what the text must look like. */
const BOUNDED_FORMATS = ['uuid'];

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
