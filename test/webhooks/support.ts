import { FanOut } from '../../src/modules/webhooks/fan-out';
import { WebhookWorker } from '../../src/modules/webhooks/webhook-worker';
import { anApp, TestApp } from '../factories';
import { Received, Receiver, startReceiver } from '../support/receiver';
import { startTestServer, TestServer } from '../support/server';

/** Webhooks may go to this machine, on any port; workers run when the test says so. */
export const REACHABLE = {
  OUTBOUND_PORTS: '1-65535',
  OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
};

/** A row of the log, as far as tests look at it. */
export interface LogRow {
  readonly status: string;
  readonly attempts: number;
  readonly attempted_at: Date;
  readonly next_attempt_at: Date;
  readonly history: readonly object[];
}

export interface Endpoint {
  readonly id: string;
  /** The id without its prefix, as rows have it. */
  readonly uuid: string;
  readonly secret: string;
  readonly publicKey: string;
  readonly app: TestApp;
  path(rest?: string): string;
}

/** A server whose workers run when told, and somebody who receives. */
export class WebhookWorld {
  private constructor(
    readonly server: TestServer,
    readonly receiver: Receiver,
  ) {}

  static async open(overrides: Record<string, string> = {}): Promise<WebhookWorld> {
    const settings = { ...REACHABLE, BACKGROUND_JOBS: 'false', ...overrides };
    return new WebhookWorld(await startTestServer(settings), await startReceiver());
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.receiver.close();
  }

  app(): Promise<TestApp> {
    return anApp(this.server.url);
  }

  /** An endpoint whose ping was answered; the receiver has forgotten the ping. */
  async endpoint(app: TestApp, fields: object = {}): Promise<Endpoint> {
    const body = { url: this.receiver.url(), events: ['*'], ...fields };
    const made = await app.seller.post(app.path('/webhooks'), body);
    if (made.status !== 201) throw new Error(made.text);
    const { id, secret, publicKey } = made.body.data;
    await this.settle();
    this.receiver.received.length = 0;
    return endpointOf(app, id as string, secret as string, publicKey as string);
  }

  /** Events of an application, in one transaction each batch. */
  async emit(app: TestApp, count: number, type = 'user.login'): Promise<void> {
    await this.server.database.rows(
      `INSERT INTO outbox_events (id, app_id, type, data)
       SELECT gen_random_uuid(), $1, $2, jsonb_build_object('n', n, 'username', 'player' || n)
         FROM generate_series(1, $3) n`,
      [app.id, type, count],
    );
  }

  /** Fans out and delivers until nothing is due. */
  async settle(): Promise<void> {
    const { signal } = new AbortController();
    await this.server.app.get(FanOut).run(signal);
    await this.server.app.get(WebhookWorker).work(signal);
  }

  /** As much time as until the next try of everything. */
  async timePasses(): Promise<void> {
    await this.server.database.rows(
      "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'PENDING'",
    );
    await this.server.database.rows(
      "UPDATE webhooks SET due_at = now(), paused_until = NULL WHERE status <> 'DISABLED'",
    );
  }

  /** What an endpoint's log says, the oldest first. */
  log<T = LogRow>({ uuid }: Endpoint): Promise<T[]> {
    return this.server.database.rows<T>(
      'SELECT * FROM webhook_deliveries WHERE webhook_id = $1 ORDER BY sequence',
      [uuid],
    );
  }
}

export function endpointOf(app: TestApp, id: string, secret = '', publicKey = ''): Endpoint {
  const hex = id.slice('wh_'.length);
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return {
    id,
    uuid,
    secret,
    publicKey,
    app,
    path: (rest = '') => app.path(`/webhooks/${id}${rest}`),
  };
}

/** Bodies that arrived, parsed. */
export function bodies<T = { event: string; sequence: number; data: { n: number } }>(
  received: readonly Received[],
): T[] {
  return received.map(({ body }) => JSON.parse(body) as T);
}
