/** An event on its way out. */
export interface Message {
  /** The same on every try: `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly appId: string;
  /** Null for a test ping, which is no event of the application. */
  readonly sequence: number | null;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What an event says to people. */
export interface Wording {
  readonly title: string;
  readonly severity: 'info' | 'warning' | 'critical';
}

/** `{event,timestamp,data}` [seed 000, 001], and the event's number in its application. */
export function envelope({ type, sequence, occurredAt, data }: Message): object {
  return { event: type, timestamp: occurredAt.toISOString(), ...numbered(sequence), data };
}

/** The flat record of document 002, times in unix seconds (D-C16), and what it leaves out. */
export function flatRecord(message: Message, wording: Wording): object {
  const { type, appId, sequence, occurredAt, data } = message;
  return {
    event_type: type,
    severity: wording.severity,
    summary: summary(message, wording),
    actor: actorOf(data),
    app_id: appId,
    created_at: Math.floor(occurredAt.getTime() / 1_000),
    ...numbered(sequence),
    data,
  };
}

/** One line for people: what happened, to whom. */
export function summary({ data }: Message, { title }: Wording): string {
  const whom = data['username'] ?? data['name'] ?? data['licenseKey'];
  return typeof whom === 'string' ? `${title}: ${whom}` : title;
}

/** What of an event's data people want to read; ids are for programs. */
export function shownFields(
  data: Message['data'],
): { name: string; value: string; inline: true }[] {
  return Object.entries(data)
    .filter(([name, value]) => value !== null && value !== undefined && name !== 'appId')
    .map(([name, value]) => ({ name, value: asText(value), inline: true as const }));
}

export const COLOURS: Readonly<Record<Wording['severity'], number>> = {
  info: 0x3498db,
  warning: 0xf39c12,
  critical: 0xe74c3c,
};

/** Who did it, as document 002 names actors: the kind and the name. */
function actorOf(data: Message['data']): string {
  const { username, ip } = data;
  if (typeof username === 'string') return `user:${username}`;
  return typeof ip === 'string' ? `ip:${ip}` : 'system';
}

function numbered(sequence: number | null): { sequence?: number } {
  return sequence === null ? {} : { sequence };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
