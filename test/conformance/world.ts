import { anApp, MadeLicense, TestApp } from '../factories';
import { ChangeFeed } from '../../src/platform/database';
import type { TestServer } from '../support/server';
import { Client, Grant, Outcome, Refusal, Wire } from './wire';

/** Told when a device is refused because all places are taken. */
export const DEVICE_LIMIT = 'license.device_limit';

/** Rows that an act left behind, by table; those of one transaction in alphabetical order. */
export interface Traces {
  readonly sessions: number;
  readonly devices: number;
  readonly events: readonly string[];
  readonly audit: readonly string[];
}

/**
 * One application with its seller and a client of the wire under test: where a story happens. The
 * seller acts through the house API, time and twins through the database, the client by the wire.
 */
export class World {
  /** The client, every verb present: a story is told only on wires that have those it needs. */
  readonly client: Required<Client>;

  constructor(
    readonly wire: Wire,
    readonly app: TestApp,
    private readonly server: TestServer,
  ) {
    this.client = wire.clientOf(app) as Required<Client>;
  }

  /** For what no route can do: time, twins, and looking at the books. */
  get database() {
    return this.server.database;
  }

  /** The same story world around another application. */
  around(app: TestApp): World {
    return new World(this.wire, app, this.server);
  }

  aKey(terms: object = {}): Promise<MadeLicense> {
    return this.app.license(terms);
  }

  /** A verb of the seller on a licence: ban, suspend, revoke, extend, reset-devices … */
  async onLicense(id: string, verb: string, body?: object): Promise<void> {
    await this.must(this.app.seller.post(this.app.path(`/licenses/${id}/${verb}`), body));
  }

  async onUser(name: string, verb: string, body?: object): Promise<void> {
    const id = await this.userId(name);
    await this.must(this.app.seller.post(this.app.path(`/users/${id}/${verb}`), body));
  }

  async deleteLicense(id: string): Promise<void> {
    await this.must(this.app.seller.delete(this.app.path(`/licenses/${id}`)));
  }

  async deleteUser(name: string): Promise<void> {
    const id = await this.userId(name);
    await this.must(this.app.seller.delete(this.app.path(`/users/${id}`)));
  }

  async setApp(settings: object): Promise<void> {
    await this.must(this.app.seller.patch(this.app.path(), settings));
  }

  /** A variable of the application. */
  async aVariable(key: string, value: string, readOnly = false): Promise<void> {
    const body = { key, value, readOnly };
    await this.must(this.app.seller.post(this.app.path('/variables'), body), 201);
  }

  /** A referral code, owned by the user of that name if one is given. */
  async aReferral(code: string, terms: object, owner?: string): Promise<void> {
    const ownerUserId = owner === undefined ? null : await this.userId(owner);
    const body = { code, ...terms, ownerUserId };
    await this.must(this.app.seller.post(this.app.path('/referral-codes'), body), 201);
  }

  /** Messages that clients reported, the newest first. */
  async messages(): Promise<string[]> {
    const listed = await this.app.seller.get(this.app.path('/logs'));
    return listed.body.data.map(({ message }: { message: string }) => message);
  }

  /** Kills the newest live session as the seller sees it. */
  async killNewestSession(): Promise<void> {
    const listed = await this.app.seller.get(this.app.path('/sessions'));
    const id = listed.body.data[0].id as string;
    await this.must(this.app.seller.delete(this.app.path(`/sessions/${id}`)));
  }

  /** The same application under a new API key. */
  async regenerateKey(): Promise<World> {
    const made = await this.app.seller.post(this.app.path('/regenerate-key'));
    return this.around(new TestApp(this.app.seller, this.app.id, made.body.data.apiKey));
  }

  async blacklist(type: 'HWID' | 'USERNAME', value: string): Promise<void> {
    await this.must(this.app.seller.post(this.app.path('/blacklist'), { type, value }), 201);
  }

  /** An application of a seller who has nothing to do with this one. */
  async anotherTenant(): Promise<World> {
    return this.around(await anApp(this.app.seller.url));
  }

  async licence(id: string): Promise<{ status: string; expiresAt: string | null }> {
    return (await this.app.seller.get(this.app.path(`/licenses/${id}`))).body.data;
  }

  async devicesOf(id: string): Promise<string[]> {
    const answer = await this.app.seller.get(this.app.path(`/licenses/${id}/devices`));
    return answer.body.data.map(({ hwid }: { hwid: string }) => hwid);
  }

  /** Database time. */
  async now(): Promise<Date> {
    return this.database.value('SELECT clock_timestamp()');
  }

  /**
   * Sets the instant of expiry, counted from the database's present, and lets the server hear of
   * it as of any change of a licence: before this resolves.
   */
  async expireIn(key: string, milliseconds: number): Promise<Date> {
    const [license] = await this.database.rows<{ id: string; expires_at: Date }>(
      `UPDATE licenses SET expires_at =
         date_trunc('milliseconds', clock_timestamp()) + $3 * interval '1 millisecond'
        WHERE app_id = $1 AND key = $2 RETURNING id, expires_at`,
      [this.app.id, key, milliseconds],
    );
    this.server.app.get(ChangeFeed, { strict: false }).deliver(`license:${license!.id}`);
    return license!.expires_at;
  }

  /** Runs the act and tells what it left behind that was not there before. */
  async traces(act: () => Promise<unknown>): Promise<Traces> {
    const before = await this.books();
    await act();
    const after = await this.books();
    return {
      sessions: after.sessions - before.sessions,
      devices: after.devices - before.devices,
      events: after.events.slice(before.events.length),
      audit: after.audit.slice(before.audit.length),
    };
  }

  /** A grant is expected; gives it. */
  async granted(asked: Promise<Outcome>): Promise<Grant> {
    const answer = await asked;
    expect(answer.outcome).toBe('granted');
    return answer as Grant;
  }

  /** The session of an expected grant. */
  async session(asked: Promise<Outcome>): Promise<string> {
    return (await this.granted(asked)).session!;
  }

  /**
   * A refusal is expected that opened no session, bound no device and told no subscriber (of a device
   * beyond the limit that alone); and the
   * record holds exactly `audit` (`action outcome`) of it: one line when somebody known was
   * refused, none when the caller named nobody we know.
   */
  async refused(ask: () => Promise<Outcome>, word: Refusal, audit: string[] = []): Promise<void> {
    const events = word === 'another device' ? [DEVICE_LIMIT] : [];
    let answer: Outcome | undefined;
    const traces = await this.traces(async () => (answer = await ask()));
    expect({ outcome: answer!.outcome, ...traces }).toEqual({
      outcome: this.spoken(word),
      sessions: 0,
      devices: 0,
      events,
      audit,
    });
  }

  /** A line of the record about the use of a key. */
  keyUse(outcome: string): string {
    return `${this.wire.keyAction ?? 'client.license'} ${outcome}`;
  }

  /** What a granted use of a key leaves behind, the record aside. */
  effects(devices: number, events: string[] = []): Omit<Traces, 'audit'> {
    if (this.wire.opensNoSession) return { sessions: 0, devices, events };
    return { sessions: 1, devices, events: [...events, 'session.create'] };
  }

  /** The word as this wire says it. */
  spoken(word: Refusal): Refusal {
    return this.wire.blurs?.[word] ?? word;
  }

  async events(type: string): Promise<number> {
    return (await this.books()).events.filter((event) => event === type).length;
  }

  private async books(): Promise<Traces> {
    const {
      rows: [found],
    } = await this.database.pool.query<Traces>(
      `SELECT (SELECT count(*)::int FROM sessions WHERE app_id = $1) AS sessions,
              (SELECT count(*)::int FROM license_devices d JOIN licenses l ON l.id = d.license_id
                WHERE l.app_id = $1 AND d.released_at IS NULL) AS devices,
              (SELECT coalesce(json_agg(type ORDER BY occurred_at, type), '[]')
                 FROM outbox_events WHERE app_id = $1) AS events,
              (SELECT coalesce(json_agg(action || ' ' || outcome ORDER BY occurred_at, action), '[]')
                 FROM audit_records WHERE app_id = $1) AS audit`,
      [this.app.id],
    );
    return found!;
  }

  private async userId(name: string): Promise<string> {
    const found = await this.app.seller.get(this.app.path(`/users?search=${name}`));
    return found.body.data[0].id as string;
  }

  private async must(
    asked: Promise<{ status: number; text: string }>,
    status = 200,
  ): Promise<void> {
    const answer = await asked;
    if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text}`);
  }
}
