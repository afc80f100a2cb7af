import { parseUrl } from '../../kernel';

/** What a message says: any text, of any length. */
export interface DiscordNotice {
  readonly title: string;
  readonly description?: string;
  readonly fields?: readonly DiscordField[];
  readonly footer?: string;
  /** ISO-8601. */
  readonly timestamp?: string;
  /** 0xRRGGBB. */
  readonly color?: number;
}

export interface DiscordField {
  readonly name: string;
  readonly value: string;
  readonly inline?: boolean;
}

/** The body of a POST to a Discord webhook. */
export interface DiscordMessage {
  readonly embeds: readonly [
    {
      readonly title: string;
      readonly description?: string;
      readonly fields: readonly DiscordField[];
      readonly footer?: { readonly text: string };
      readonly timestamp?: string;
      readonly color?: number;
    },
  ];
  readonly allowed_mentions: { readonly parse: readonly [] };
}

/** What Discord accepts of one embed, in UTF-16 units; a message beyond any of these is refused. */
export const DISCORD_LIMITS = {
  title: 256,
  description: 4_096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1_024,
  footer: 2_048,
  total: 6_000,
} as const;

/** Discord wants something in every field; this shows nothing. */
const NOTHING = '\u200b';

/**
 * A message with one embed, within Discord's limits whatever the texts are. They come from users,
 * so they are shown as written: no markdown, no link, no mention works, and nobody is notified.
 */
export function discordMessage(notice: DiscordNotice): DiscordMessage {
  const { timestamp, color } = notice;
  const room = new Room(DISCORD_LIMITS.total);
  const title = room.fit(notice.title, DISCORD_LIMITS.title) || room.fit(NOTHING, 1);
  const footer = room.fit(notice.footer ?? '', DISCORD_LIMITS.footer);
  const description = room.fit(notice.description ?? '', DISCORD_LIMITS.description);
  const fields: DiscordField[] = [];
  for (const { name, value, inline = false } of notice.fields ?? []) {
    if (fields.length === DISCORD_LIMITS.fields || room.left < 2) break;
    const shownName = room.fit(name || NOTHING, DISCORD_LIMITS.fieldName, 1);
    const shownValue = room.fit(value || NOTHING, DISCORD_LIMITS.fieldValue);
    fields.push({ name: shownName, value: shownValue, inline });
  }
  return {
    embeds: [
      {
        title,
        ...(description ? { description } : {}),
        fields,
        ...(footer ? { footer: { text: footer } } : {}),
        ...(timestamp ? { timestamp } : {}),
        ...(color !== undefined ? { color } : {}),
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Whether an address is one of Discord's webhooks. */
export function isDiscordUrl(text: string): boolean {
  const { hostname = '', pathname = '' } = parseUrl(text) ?? {};
  return (
    /^((canary|ptb)\.)?discord(app)?\.com$/.test(hostname) &&
    /^\/api\/(v\d+\/)?webhooks\//.test(pathname)
  );
}

/** The length that all texts of an embed share. */
class Room {
  constructor(public left: number) {}

  /** The text as far as it fits, `spare` units being kept free for what must follow. */
  fit(text: string, max: number, spare = 0): string {
    const fitting = cut(plain(text), Math.min(max, this.left - spare));
    this.left -= fitting.length;
    return fitting;
  }
}

/** Backslashes before whatever Discord would act on, list marks at the start of a line included. */
function plain(text: string): string {
  return text
    .replace(/[\\*_~`|<>[\](){}#@]|:(?=\/\/)/g, '\\$&')
    .replace(/^(\s*)([-+])/gm, '$1\\$2');
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  // Neither half a character nor a backslash without what it belongs to may stand at the end.
  const whole = text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, '');
  const backslashes = /\\*$/.exec(whole)![0].length;
  return max <= 0 ? '' : `${backslashes % 2 === 1 ? whole.slice(0, -1) : whole}…`;
}
