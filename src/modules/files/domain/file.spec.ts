import { textProblem } from '../../../kernel';
import { CHANNEL, FILE_NAME, FILE_NAME_MAX, isFileId, VERSION } from './file';

const good = (name: string) =>
  textProblem(name, { max: FILE_NAME_MAX, pattern: FILE_NAME }) === null;

test.each([
  'Loader.exe',
  'a',
  '.env',
  'Grüße (2).zip',
  '日本語.txt',
  'a..b',
  '%2e%2e',
  'CON',
  'it\'s "x"',
])('S-25 %s is a name', (name) => expect(good(name)).toBe(true));

test.each([
  '',
  '.',
  '..',
  '...',
  '../etc/passwd',
  '/etc/passwd',
  'a/b',
  'a\\b',
  '..\\..\\windows',
  'C:\\x',
  'a\0.exe',
  'a\nb',
  'exe.\u202Etxt',
  'a\u200Bb',
  'dot.',
  'space ',
  'x'.repeat(FILE_NAME_MAX + 1),
])('S-25 %j is none', (name) => expect(good(name)).toBe(false));

test.each(['0.0.0', '1.2.3', '1.0.0-beta.1', '1.0.0+build.5', '10.20.30-rc.1+x'])(
  '%s is a version',
  (version) => expect(VERSION.test(version)).toBe(true),
);
test.each(['1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-a..b', '1.2.3-01', '1.2.3 '])(
  '%s is no version',
  (version) => expect(VERSION.test(version)).toBe(false),
);

test('ids and channels', () => {
  expect(['abc123', 'zzzzzz'].every(isFileId)).toBe(true);
  expect(['abc12', 'abc1234', 'ABC123', 'abc/12', ''].some(isFileId)).toBe(false);
  expect(['stable', 'beta-2', '7'].every((channel) => CHANNEL.test(channel))).toBe(true);
  expect(['', '-x', 'Beta', 'a b'].some((channel) => CHANNEL.test(channel))).toBe(false);
});
