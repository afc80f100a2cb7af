import { inOpenApi31 } from './openapi-31';

describe('the words of OpenAPI 3.1', () => {
  test.each([
    [
      'a type',
      { type: 'string', nullable: true, maxLength: 5 },
      { type: ['string', 'null'], maxLength: 5 },
    ],
    [
      'an enumeration, once',
      { type: 'string', nullable: true, enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'a reference with something about it',
      { allOf: [{ $ref: '#/x' }], nullable: true, description: 'who' },
      { oneOf: [{ $ref: '#/x' }, { type: 'null' }], description: 'who' },
    ],
    [
      'one of several',
      { oneOf: [{ $ref: '#/x' }], nullable: true },
      { oneOf: [{ $ref: '#/x' }, { type: 'null' }] },
    ],
    ['what takes no null', { type: 'string' }, { type: 'string' }],
    ['what says so itself', { type: 'string', nullable: false }, { type: 'string' }],
  ])('null beside %s', (_name, described, said) => {
    expect(inOpenApi31({ schema: [described] })).toEqual({ schema: [said] });
  });

  test('bytes are content', () => {
    expect(inOpenApi31({ type: 'string', format: 'binary', maxLength: 9 })).toEqual({
      type: 'string',
      contentMediaType: 'application/octet-stream',
      maxLength: 9,
    });
  });

  test('examples are data, and a field may be called nullable', () => {
    const example = { nullable: true };
    const properties = { nullable: { type: 'boolean' } };
    expect(inOpenApi31({ example, properties })).toEqual({ example, properties });
  });

  test('what it cannot say stops the build', () => {
    expect(() => inOpenApi31({ nullable: true })).toThrow('nullable');
  });
});
