import { DomainError } from '../../kernel';
import { EnumListField, IntListField, IntMapField } from './collection-fields';
import { csvLines, textCell } from './csv';
import { TextField } from './fields';
import { validateInput } from './validation';

class Form {
  @IntMapField(['30d', 'lifetime'], { min: 1, max: 9, optional: true })
  prices?: Record<string, number>;

  @IntListField({ min: 0, max: 5 }, { max: 3, optional: true, nullable: true })
  levels?: number[] | null;

  @EnumListField(['a', 'b'], { optional: true })
  kinds?: string[];

  @TextField({ max: 9, optional: true })
  text?: string;
}

/** The fields that were refused; none when the input is good. */
function refused(json: string, unknownKeys: 'refuse' | 'drop' = 'refuse'): string[] {
  try {
    validateInput(Form, JSON.parse(json), unknownKeys);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.details.problems!.map(({ field }) => field);
  }
}

describe('fields that hold more than one value', () => {
  test.each(['{}', '{"prices":{}}', '{"prices":{"30d":1,"lifetime":9}}', '{"levels":null}'])(
    'good: %s',
    (json) => expect(refused(json)).toEqual([]),
  );

  test.each([
    ...['null', '[]', '[1]', '"x"', '5', '{"31d":1}', '{"30d":0}', '{"30d":10}', '{"30d":1.5}'],
    ...['{"30d":"1"}', '{"30d":null}', '{"30d":[1]}', '{"30d":1e999}', '{"constructor":1}'],
    ...['{"30d":{}}', '{"toString":1}', '{"hasOwnProperty":1}'],
  ])('bad prices: %s', (value) => expect(refused(`{"prices":${value}}`)).toEqual(['prices']));

  test.each(['[]', '[1,1]', '[6]', '[-1]', '[1.5]', '["1"]', '[null]', '[0,1,2,3]', '{}', '"1"'])(
    'bad levels: %s',
    (value) => expect(refused(`{"levels":${value}}`)).toEqual(['levels']),
  );

  test.each(['[]', '["c"]', '["a","a"]', '[["a"]]', 'null', '{"0":"a"}'])(
    'bad kinds: %s',
    (value) => expect(refused(`{"kinds":${value}}`)).toEqual(['kinds']),
  );
});

describe('a key named constructor inside a field', () => {
  test.each([
    ['{"text":{"constructor":1}}', 'text'],
    ['{"text":[{"a":{"constructor":"x"}}]}', 'text'],
    ['{"surprise":{"constructor":{"name":"x"}}}', 'surprise'],
  ])('%s is refused by name on every wire', (json, field) => {
    expect(refused(json)).toEqual([field]);
    expect(refused(json, 'drop')).toEqual([field]);
  });
});

describe('CSV (S-31)', () => {
  test.each(['=1', '+1', '-1', '@x', '\tx', '\rx', '\nx', '＝1', '＋1', '－1', '＠x'])(
    'S-31 a text cell %j cannot be run as a formula',
    (text) => expect(textCell(text)).toBe(`'${text}`),
  );

  test.each(['1=1', 'a', '', ' =1', "'=1"])('a text %j stays as it is', (text) =>
    expect(textCell(text)).toBe(text),
  );

  test('cells with separators, quotes or line breaks are quoted', () => {
    expect(csvLines([['a,b', 'c"d', 'e\nf', 'g\rh', null, -5]])).toBe(
      '"a,b","c""d","e\nf","g\rh",,-5\r\n',
    );
  });
});
