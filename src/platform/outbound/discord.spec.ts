import fc from 'fast-check';
import { DISCORD_LIMITS, discordMessage, DiscordNotice, isDiscordUrl } from './discord';

/** What Discord would refuse of a message, in words. */
function problems(message: ReturnType<typeof discordMessage>): string[] {
  const { title, description = '', fields, footer } = message.embeds[0];
  const footerText = footer?.text ?? '';
  const total = [title, description, footerText, ...fields.flatMap((f) => [f.name, f.value])];
  const L = DISCORD_LIMITS;
  const rules: [string, boolean][] = [
    ['title', title.length >= 1 && title.length <= L.title],
    ['description', description.length <= L.description],
    ['footer', footerText.length <= L.footer],
    ['fields', fields.length <= L.fields],
    ['names', fields.every((f) => f.name.length >= 1 && f.name.length <= L.fieldName)],
    ['values', fields.every((f) => f.value.length >= 1 && f.value.length <= L.fieldValue)],
    ['total', total.join('').length <= L.total],
    ['mentions', JSON.stringify(message.allowed_mentions) === '{"parse":[]}'],
    ['whole characters', total.every((text) => !/[\ud800-\udbff](?![\udc00-\udfff])/.test(text))],
    // Whatever is active must stand behind an odd number of backslashes.
    [
      'escapes',
      total.every((text) => !/(?<!\\)(\\\\)*[*_~`|<>[\]@#(]/.test(text.replace(/\\[^]/g, ''))),
    ],
    ['loose backslash', total.every((text) => !/(?<!\\)(\\\\)*\\(…|$)/.test(text))],
  ];
  return rules.filter(([, held]) => !held).map(([name]) => name);
}

const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '@everyone',
        '<@123>',
        '**',
        '\\',
        '```',
        '||',
        '[a](https://e.vil)',
        '\n- x',
        '😀',
      ),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join('').replace(/[\ud800-\udfff]/g, ''));
const long = fc.oneof(
  nasty,
  fc.constant('x'.repeat(10_000)),
  fc.constant('*'.repeat(10_000)),
  fc.constant('😀'.repeat(5_000)),
  fc.constant('\\'.repeat(7_001)),
  fc.constant(''),
);
const notice: fc.Arbitrary<DiscordNotice> = fc.record({
  title: long,
  description: long,
  footer: long,
  fields: fc.array(fc.record({ name: long, value: long }), { maxLength: 40 }),
});

test('W-08 whatever the texts are, the message is within every limit and addresses nobody', () => {
  fc.assert(
    fc.property(notice, (one) => {
      expect(problems(discordMessage(one))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('W-08 twin: the same texts put in as they are break the limits', () => {
  const fields = Array.from({ length: 40 }, () => ({
    name: 'n'.repeat(300),
    value: 'v'.repeat(2_000),
  }));
  const naive = {
    embeds: [
      { title: '@everyone '.repeat(1_000), description: 'd'.repeat(10_000), fields },
    ] as const,
    allowed_mentions: { parse: [] } as const,
  };
  expect(problems(naive)).toEqual(
    expect.arrayContaining([
      'title',
      'description',
      'fields',
      'names',
      'values',
      'total',
      'escapes',
    ]),
  );
});

test('W-08 texts are shown as they were written', () => {
  const { embeds } = discordMessage({
    title: 'Player *one*',
    description: '@everyone see https://e.vil\n- [here](https://e.vil)',
    fields: [{ name: 'user', value: '' }],
    footer: '#7',
    color: 0x00ff00,
    timestamp: '2026-01-01T00:00:00.000Z',
  });
  expect(embeds[0]).toEqual({
    title: 'Player \\*one\\*',
    description: '\\@everyone see https\\://e.vil\n\\- \\[here\\]\\(https\\://e.vil\\)',
    fields: [{ name: 'user', value: '\u200b', inline: false }],
    footer: { text: '\\#7' },
    color: 0x00ff00,
    timestamp: '2026-01-01T00:00:00.000Z',
  });
});

test.each([
  ['https://discord.com/api/webhooks/1/abc', true],
  ['https://discordapp.com/api/v10/webhooks/1/abc', true],
  ['https://canary.discord.com/api/webhooks/1/abc?wait=true', true],
  ['https://discord.com.evil.example/api/webhooks/1/abc', false],
  ['https://discord.com/channels/1', false],
  ['nonsense', false],
])('%s is Discord: %s', (url, expected) => {
  expect(isDiscordUrl(url)).toBe(expected);
});
