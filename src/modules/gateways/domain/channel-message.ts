import type { AttemptNotice, Channel } from './attempt-notice';

/** A notice with the instant of the attempt, ISO-8601. */
export type ChannelTold = AttemptNotice & { readonly at: string };

/** What a log channel is told, before Discord's limits. */
export interface ChannelNotice {
  readonly title: string;
  readonly color: number;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

const GREEN = 0x2ecc71;
const RED = 0xe74c3c;
const TEXT_MAX = 80;

/** One message for some attempts of one channel, a field each. */
export function channelNotice(channel: Channel, notices: readonly ChannelTold[]): ChannelNotice {
  const what = channel === 'granted' ? 'successful authentication' : 'failed authentication';
  return {
    title: `${notices.length} ${what}${notices.length === 1 ? '' : 's'}`,
    color: channel === 'granted' ? GREEN : RED,
    fields: notices.map((notice) => ({ name: heading(notice), value: lines(notice) })),
  };
}

function heading({ product, version, at }: ChannelTold): string {
  return `${cut(product)} ${cut(version)} · ${new Date(at).toISOString()}`;
}

function lines(notice: ChannelTold): string {
  const { outcome, maskedKey, address, hwid, owner, requestId } = notice;
  const rows: [string, string | null][] = [
    ['Reason', outcome === 'granted' ? null : outcome],
    ['License', maskedKey],
    ['IP', address],
    ['HWID', hwid],
    ['Owner', owner],
    ['Request', requestId],
  ];
  return rows.flatMap(([name, value]) => (value ? [`${name}: ${cut(value)}`] : [])).join('\n');
}

function cut(text: string | null): string {
  const characters = [...(text ?? '–')];
  return characters.length > TEXT_MAX
    ? `${characters.slice(0, TEXT_MAX - 1).join('')}…`
    : characters.join('');
}
