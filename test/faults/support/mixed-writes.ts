import { setTimeout as pause } from 'node:timers/promises';
import { anApp, PASSWORD, TestApp, unique } from '../../factories';
import type { Answer, RequestOptions } from '../../support/http';

/** What the mix consists of; most frequent kinds stand twice. */
const MIX = [
  ...(['generate', 'createUser', 'register', 'login', 'extend'] as const),
  ...(['useKey', 'generate', 'login', 'ban', 'deleteUser'] as const),
];
export type Kind = (typeof MIX)[number];

/** What became of a write, as far as its sender can tell. */
export type Outcome = 'pending' | 'acknowledged' | 'refused' | 'unknown';

/** One write; its id is also its request id, its Idempotency-Key and a text in what it makes. */
export interface Write {
  readonly id: string;
  readonly kind: Kind;
  outcome: Outcome;
  /** The user, if it concerns one that may be deleted later. */
  readonly username?: string;
  /** The session token it was answered with. */
  token?: string;
  retried?: boolean;
}

interface Request {
  readonly write: Write;
  send(app: TestApp, options: RequestOptions): Promise<Answer>;
  taken?(answer: Answer): void;
}

const HUNG_AFTER_MS = 15_000;
/** A sender that is this far behind leaves writes out, so that a slow machine is not buried. */
const MOST_AT_ONCE = 30;

/**
 * A mix of writes by sellers and clients on one application, with a ledger of what each was told.
 * Sellers' POSTs carry an Idempotency-Key and can be retried; the id of each write goes along as
 * X-Request-Id, so its audit record can be found.
 */
export class MixedWrites {
  readonly writes: Write[] = [];
  /** Answers that must not be, in words. */
  readonly problems: string[] = [];
  readonly statuses = new Map<string, number>();
  /** Milliseconds until each 503. */
  readonly refusalTimes: number[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly replayable = new Map<string, Request>();
  private readonly keys: { readonly id: string; readonly key: string }[] = [];
  private readonly licenseIds: string[] = [];
  private readonly users: { readonly id: string; readonly username: string }[] = [];
  private turn = 0;

  private constructor(private readonly app: TestApp) {}

  static async prepare(url: string): Promise<MixedWrites> {
    const mix = new MixedWrites(await anApp(url));
    for (const made of await mix.app.licenses({ count: 50 })) mix.keys.push(made);
    return mix;
  }

  /** Starts the next write of the mix against the server at `url`, and does not wait. */
  start(url: string): void {
    if (this.running.size >= MOST_AT_ONCE) return;
    this.track(this.perform(url, this.next(MIX[this.turn++ % MIX.length]!)));
  }

  /** Waits until every write has been answered or failed. */
  async drained(): Promise<void> {
    await Promise.all(this.running);
  }

  acknowledged(): number {
    return this.writes.filter(({ outcome }) => outcome === 'acknowledged').length;
  }

  /**
   * Sends again each write of unknown outcome that may be sent twice: those with an
   * Idempotency-Key, and those whose repetition is refused when the first had worked.
   */
  async retryUnknown(url: string): Promise<number> {
    await this.drained();
    const again = this.writes.filter(
      ({ id, outcome }) => outcome === 'unknown' && this.replayable.has(id),
    );
    for (const write of again) {
      write.retried = true;
      for (let attempt = 0; attempt < 5 && write.outcome === 'unknown'; attempt++) {
        await this.perform(url, this.replayable.get(write.id)!);
      }
      if (write.outcome === 'unknown') this.problems.push(`${write.kind} stays unknown`);
    }
    return again.length;
  }

  private track(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  private async perform(url: string, request: Request): Promise<void> {
    const { write } = request;
    const headers: Record<string, string> = { 'x-request-id': write.id };
    if (!['register', 'login', 'useKey', 'deleteUser'].includes(write.kind)) {
      headers['idempotency-key'] = write.id;
    }
    const start = performance.now();
    const timer = new AbortController();
    const hung = pause(HUNG_AFTER_MS, 'hung' as const, { signal: timer.signal });
    const answer = await Promise.race([
      request.send(this.app.at(url), { headers }).catch(() => null),
      hung.catch(() => 'hung' as const),
    ]);
    timer.abort();
    if (answer === 'hung') this.problems.push(`${write.kind} hung`);
    const status = answer === 'hung' || !answer ? 'none' : String(answer.status);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    write.outcome = 'unknown';
    if (answer === 'hung' || !answer) return;
    if (answer.status === 503) this.unavailable(answer, performance.now() - start);
    else if (answer.status < 300) this.accept(request, answer);
    else if (answer.status < 500) this.refuse(write, answer);
    else this.problems.push(`${write.kind} answered ${answer.status}: ${answer.text}`);
  }

  private unavailable(answer: Answer, ms: number): void {
    this.refusalTimes.push(ms);
    if (!answer.headers.get('retry-after')) this.problems.push('503 without Retry-After');
  }

  private accept(request: Request, answer: Answer): void {
    request.write.outcome = 'acknowledged';
    if (answer.body?.data === undefined && request.taken) {
      this.problems.push(`${request.write.kind} answered ${answer.status} without its data`);
    } else request.taken?.(answer);
  }

  private refuse(write: Write, answer: Answer): void {
    // That it cannot be done again is the proof that it was done.
    const again = write.retried && (write.kind === 'register' || write.kind === 'deleteUser');
    write.outcome = again ? 'acknowledged' : 'refused';
    if (!again && write.kind !== 'login') {
      this.problems.push(`${write.kind} refused: ${answer.status} ${answer.text}`);
    }
  }

  private next(wanted: Kind): Request {
    const needsKey = wanted === 'register' || wanted === 'useKey';
    const needsUser = wanted === 'login' || wanted === 'ban' || wanted === 'deleteUser';
    if (needsKey && this.keys.length === 0) return this.next('generate');
    if (wanted === 'extend' && this.licenseIds.length === 0) return this.next('generate');
    if (needsUser && this.users.length < 5) return this.next('createUser');
    const id = unique('w-');
    const request = this.request(wanted, id);
    this.writes.push(request.write);
    if (wanted !== 'login' && wanted !== 'useKey') this.replayable.set(id, request);
    return request;
  }

  private request(kind: Kind, id: string): Request {
    const write: Write = { id, kind, outcome: 'pending' };
    const keepToken = (answer: Answer) => void (write.token = answer.body.data.sessionToken);
    switch (kind) {
      case 'generate': {
        const body = { durationType: '30d', maxDevices: 2, note: id };
        const taken = (answer: Answer) => {
          this.keys.push(answer.body.data[0]);
          this.licenseIds.push(answer.body.data[0].id);
        };
        return { write, taken, send: (a, o) => a.seller.post(a.path('/licenses'), body, o) };
      }
      case 'extend': {
        const license = this.licenseIds[this.turn % this.licenseIds.length]!;
        const path = `/licenses/${license}/extend`;
        return { write, send: (a, o) => a.seller.post(a.path(path), { days: 1 }, o) };
      }
      case 'register': {
        const { key } = this.keys.shift()!;
        const fields = { username: id, password: PASSWORD, licenseKey: key, hwid: id };
        const named = { ...write, username: id };
        return { write: named, send: (a, o) => a.call('register', fields, o) };
      }
      case 'useKey': {
        const fields = { licenseKey: this.keys.shift()!.key, hwid: id };
        return { write, taken: keepToken, send: (a, o) => a.call('license', fields, o) };
      }
      case 'createUser': {
        const body = { username: id, password: PASSWORD };
        const named = { ...write, username: id };
        const taken = (answer: Answer) =>
          void this.users.push({ id: answer.body.data.id, username: id });
        return { write: named, taken, send: (a, o) => a.seller.post(a.path('/users'), body, o) };
      }
      case 'login': {
        const { username } = this.users[this.turn % this.users.length]!;
        const named: Write = { ...write, username };
        const fields = { username, password: PASSWORD, hwid: username };
        const taken = (answer: Answer) => void (named.token = answer.body.data.sessionToken);
        return { write: named, taken, send: (a, o) => a.call('login', fields, o) };
      }
      case 'ban': {
        const { id: userId, username } = this.users.shift()!;
        const named = { ...write, username };
        const path = `/users/${userId}/ban`;
        return { write: named, send: (a, o) => a.seller.post(a.path(path), { reason: id }, o) };
      }
      case 'deleteUser': {
        const { id: userId, username } = this.users.shift()!;
        const named = { ...write, username };
        return { write: named, send: (a, o) => a.seller.delete(a.path(`/users/${userId}`), o) };
      }
    }
  }
}
