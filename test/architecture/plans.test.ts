import { Client, PoolClient } from 'pg';
import { KeyRing } from '../../src/platform/crypto';
import { aSeller } from '../factories';
import { Contract, Parameter, Route } from '../security/contract';
import { aWorld, fill, tokenFor, World } from '../security/support';
import { send } from '../support/http';
import { startTestServer, TestServer } from '../support/server';

/** Rows of every list that is looked at: enough for the planner to mind. */
const ROWS = 20_000;
const LIMIT = 20;

/**
 * What makes the copies of a row differ, by table: SQL of the copy's number `n`. Ids and times of
 * creation differ everywhere. A list of a table that is not here fails: enter it.
 */
const GROWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apps: { api_key_hash: bytes('app') },
  seller_sessions: {},
  api_tokens: { token_hash: bytes('token') },
  licenses: {
    key: "'GROWN-' || substr(md5(n::text), 1, 12)",
    hold: "CASE n % 20 WHEN 0 THEN 'BANNED' WHEN 1 THEN 'SUSPENDED' WHEN 2 THEN 'REVOKED' END",
    activated_at: 'CASE WHEN n % 3 > 0 THEN now() END',
    expires_at:
      "CASE n % 3 WHEN 1 THEN now() - n * interval '1 minute' WHEN 2 THEN now() + interval '1 day' END",
  },
  app_users: {
    license_id: 'NULL::uuid',
    username: "'grown-' || md5(n::text)",
    username_key: "'grown-' || md5(n::text)",
    status: "CASE n % 10 WHEN 0 THEN 'BANNED' WHEN 1 THEN 'FROZEN' ELSE 'ACTIVE' END",
  },
  sessions: { token_hash: bytes('session'), last_seen_at: 'now()' },
  blacklist_entries: {
    type: "CASE n % 3 WHEN 0 THEN 'USERNAME' ELSE 'HWID' END",
    value: "'grown ' || n",
    value_key: "'grown ' || n",
  },
  app_variables: { key: "'grown-' || n" },
  // Of each user a few: how many they may have is limited.
  client_variables: { key: "'grown-' || n", user_id: '(ARRAY(SELECT id FROM app_users))[1 + n]' },
  auth_attempts: {
    app_id: 'CASE n % 2 WHEN 0 THEN (SELECT max(id::text)::uuid FROM apps) END',
    outcome: "CASE n % 10 WHEN 0 THEN 'KEY_UNKNOWN' ELSE 'granted' END",
    key_hash: bytes('key'),
    username_key: "'grown-' || n",
    hwid: "'grown ' || n",
    address: "'10.0.0.' || n % 100",
  },
  client_logs: { type: "CASE n % 3 WHEN 0 THEN 'ERROR' ELSE 'ACTIVITY' END" },
  files: { code: "lpad(to_hex(n + 1048576), 6, '0')", blob_id: 'NULL::uuid', version: 'NULL' },
  referral_codes: { code: "'GROWN-' || n" },
  resellers: { username: "'grown-' || n", username_key: "'grown-' || n" },
  reseller_ledger: { position: 'n + 1000' },
  audit_records: {
    occurred_at: "now() - n * interval '1 second'",
    action: "CASE n % 20 WHEN 0 THEN 'license.ban' ELSE 'client.login' END",
    severity: "CASE n % 50 WHEN 0 THEN 'critical' WHEN 1 THEN 'warning' ELSE 'info' END",
    actor_id: 'CASE n % 3 WHEN 0 THEN gen_random_uuid() END',
    target_id: 'gen_random_uuid()',
    request_id: "'grown-' || n",
  },
  webhooks: {},
  webhook_deliveries: {
    status: "CASE n % 10 WHEN 0 THEN 'PENDING' WHEN 1 THEN 'FAILED' ELSE 'DELIVERED' END",
    event_id: "(ARRAY(SELECT id FROM outbox_events WHERE type = 'grown'))[n]",
  },
};

function bytes(name: string): string {
  return `'\\x' || md5('${name}' || n)`;
}

/** Values of filters that have no list of values, by name. */
const SAMPLES: Readonly<Record<string, (world: World) => string>> = {
  search: () => '7f3',
  appId: ({ app }) => app.id,
  userId: ({ ids }) => ids['userId']!,
  productId: ({ app }) => app.id,
  licensekey: ({ ids }) => ids['key']!,
  hwid: ({ user }) => user.hwid,
  ip: () => '192.168.1.1',
};

interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly PlanNode[];
}

const PAGING = ['page', 'limit', 'cursor'];
const isList = ({ method, parameters }: Route) =>
  method === 'GET' && parameters.some(({ name }) => name === 'cursor');

/** A row of the log of attempts to grow others from. */
async function anAttempt({ seller, gatewayKey, ids }: World): Promise<void> {
  const data = { product: 'P', version: '1', licensekey: ids['key'], ip: '::1', hwid: 'H' };
  const headers = { authorization: gatewayKey };
  await send(seller.url, 'POST', '/api/license/auth', { data }, { headers });
}

describe('L-07 the plan of every list', () => {
  const originalQuery = Client.prototype.query as (...args: unknown[]) => unknown;
  let sent: Sent[] = [];
  let server: TestServer;
  let world: World;
  let contract: Contract;

  beforeAll(async () => {
    Client.prototype.query = function (this: Client, ...args: unknown[]) {
      const [text, values] = args as [unknown, unknown[] | undefined];
      if (typeof text === 'string') sent.push({ text, values: values ?? [] });
      return originalQuery.apply(this, args);
    } as typeof Client.prototype.query;
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    contract = new Contract(server.app);
    await aWorld(await aSeller(server.url));
    world = await aWorld(await aSeller(server.url));
    await anAttempt(world);
    await grow();
    // A copied application has the key of another sealed under its id, which does not open.
    jest.spyOn(server.app.get(KeyRing), 'open').mockReturnValue('as_0');
  }, 300_000);
  afterAll(async () => {
    Client.prototype.query = originalQuery as typeof Client.prototype.query;
    await server.close();
  });

  /**
   * Copies a row of each table many times: a quarter of the copies are the world's, the others of the
   * neighbour who was there before.
   */
  async function grow(): Promise<void> {
    const { pool } = server.database;
    // Of each delivery an event of its own.
    await pool.query(
      `INSERT INTO outbox_events (id, app_id, type, data)
       SELECT gen_random_uuid(), '${world.app.id}', 'grown', '{}' FROM generate_series(1, ${ROWS})`,
    );
    for (const [table, differing] of Object.entries(GROWN)) {
      const columns = {
        id: 'gen_random_uuid()',
        created_at: "now() - n * interval '1 second'",
        ...differing,
      };
      const pairs = Object.entries(columns).map(([column, sql]) => `'${column}', ${sql}`);
      const base = (order: string) =>
        `(SELECT t FROM ${table} t ORDER BY ${'occurred_at' in differing ? 'occurred_at' : 'created_at'} ${order} LIMIT 1)`;
      await pool.query(
        `INSERT INTO ${table}
         SELECT copy.*
           FROM generate_series(1, ${ROWS}) n,
                jsonb_populate_record(CASE WHEN n % 4 = 0 THEN ${base('DESC')} ELSE ${base('ASC')} END,
                                      jsonb_build_object(${pairs.join(', ')})) copy`,
      );
    }
    await pool.query('VACUUM ANALYZE');
  }

  /** Queries by which a list can be asked: each filter with each of its values, and all its pages. */
  function questions({ parameters }: Route): string[] {
    const filters = parameters.filter(
      (parameter) => parameter.in === 'query' && !PAGING.includes(parameter.name),
    );
    const required = filters.filter((filter) => filter.required);
    const base = required.map((filter) => `&${filter.name}=${valuesOf(filter)[0]}`).join('');
    const optional = filters.filter((filter) => !filter.required);
    const filtered = optional.flatMap((filter) =>
      valuesOf(filter).map((value) => `${base}&${filter.name}=${encodeURIComponent(value)}`),
    );
    return [base, `${base}&page=5`, ...filtered];
  }

  function valuesOf({ name, schema }: Parameter): string[] {
    const { enum: values } = contract.resolve(schema);
    if (values) return values.map(String);
    const sample =
      SAMPLES[name]?.(world) ?? (contract.resolve(schema).example as string | undefined);
    if (sample === undefined) throw new Error(`say a value for the filter ${name}`);
    return [sample];
  }

  /** Statements that one request sends about a grown table. */
  async function asked(
    route: Route,
    question: string,
  ): Promise<{ statements: Sent[]; next: string | null }> {
    const { app } = world;
    const token = tokenFor(route, world);
    const headers: Record<string, string> =
      route.credential === 'app-client' ? { 'x-api-key': app.apiKey } : {};
    const path = `${fill(route, world.ids)}?limit=${LIMIT}${question}`;
    sent = [];
    const answer = await send(server.url, 'GET', path, undefined, {
      ...(token ? { token } : {}),
      headers,
    });
    const statements = sent.filter(({ text }) => /^\s*SELECT/i.test(text) && /LIMIT/.test(text));
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    return { statements, next: answer.body.pagination?.nextCursor ?? null };
  }

  /** What is wrong with the plan of a statement. */
  async function problemsOf(
    { text, values }: Sent,
    on: Pick<PoolClient, 'query'> = server.database.pool,
  ): Promise<string[]> {
    const { rows } = await on.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      values,
    );
    const problems = walk(rows[0]!['QUERY PLAN'][0].Plan);
    // A count stops early. Where nearly every row matches, reading on from the start is the shortest way.
    return text.startsWith('SELECT count') ? [] : problems;
  }

  function walk(node: PlanNode): string[] {
    const { 'Node Type': type, 'Relation Name': table, Plans: below = [] } = node;
    const problems = below.flatMap(walk);
    if (type === 'Seq Scan' && table && table in GROWN) problems.push(`reads all of ${table}`);
    // An incremental sort has the order by time from an index and sorts what is of one instant.
    const sorted = type === 'Sort' ? below[0]!['Plan Rows'] : 0;
    if (sorted > ROWS / 50) problems.push(`sorts ${sorted} rows`);
    return problems;
  }

  test('L-07 twin: without its indexes a list is found out', async () => {
    const { pool } = server.database;
    const route = contract.routes.find(({ key }) => key === 'GET /v1/admin/apps/{appId}/licenses')!;
    const { statements } = await asked(route, '&status=BANNED');
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        'DROP INDEX licenses_app_created, licenses_app_hold, licenses_app_unused, licenses_app_used',
      );
      const found: string[] = [];
      for (const statement of statements) found.push(...(await problemsOf(statement, client)));
      expect(found).not.toEqual([]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  test('L-07 a list asks an index for its order and each of its filters, at any depth', async () => {
    const findings: string[] = [];
    const looked: string[] = [];
    for (const route of contract.routes.filter(isList)) {
      for (const question of questions(route)) {
        const first = await asked(route, question);
        const deeper = first.next
          ? await asked(route, `${question.replace(/&page=\d+/, '')}&cursor=${first.next}`)
          : null;
        for (const statement of [...first.statements, ...(deeper?.statements ?? [])]) {
          looked.push(statement.text);
          const name = `${route.key}${question} ${statement.text.replace(/\s+/g, ' ').slice(0, 160)}`;
          findings.push(...(await problemsOf(statement)).map((problem) => `${name}: ${problem}`));
        }
      }
    }
    expect(findings).toEqual([]);
    const tables = Object.keys(GROWN).filter((table) =>
      looked.some((text) => new RegExp(`FROM ${table}\\b`).test(text)),
    );
    expect(tables).toEqual(Object.keys(GROWN));
  }, 300_000);

  // The last: what it rolls back leaves holes in the table.
  test('L-07 the few licences that have ended are found among many, and counted, by their end', async () => {
    const { pool } = server.database;
    const route = contract.routes.find(({ key }) => key === 'GET /v1/admin/apps/{appId}/licenses')!;
    const { statements } = await asked(route, '&status=EXPIRED');
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `UPDATE licenses SET expires_at = now() + interval '1 day'
          WHERE expires_at BETWEEN now() - interval '13 days' AND now()`,
      );
      await client.query('ANALYZE licenses');
      const plans: string[] = [];
      for (const { text, values } of statements) {
        const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
        plans.push(/licenses_\w+/.exec(JSON.stringify(rows))?.[0] ?? 'none');
      }
      expect(plans).toEqual(['licenses_app_expiry', 'licenses_app_expiry']);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
