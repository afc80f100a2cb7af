import { anApp, aSeller, PASSWORD, TestApp } from '../factories';
import { Answer, http } from '../support/http';
import { startTestServer, TestServer } from '../support/server';
import { expectError } from './sample';

interface Row {
  readonly status: number;
  readonly what: string;
  readonly message: string;
  readonly code: string;
  readonly provoke: (app: TestApp) => Promise<Answer>;
}

const BIG = 'x'.repeat(3_000_000);

/** «All errors follow a consistent format with HTTP status codes and descriptive messages.» */
const ERRORS: Row[] = [
  {
    status: 400,
    what: 'client: «missing required fields»',
    message: 'password: must be a string of 1 to 128 characters',
    code: 'INVALID_INPUT',
    provoke: (app) => app.call('login', { username: 'testuser' }),
  },
  {
    status: 400,
    what: 'client: missing app credentials',
    message: 'appId: must be a string of 1 to 64 characters',
    code: 'INVALID_INPUT',
    provoke: (app) => http(app.seller.url).post('/v1', { type: 'init' }),
  },
  {
    status: 400,
    what: 'admin: «invalid data»',
    message: 'name: must be a string of 1 to 100 characters',
    code: 'INVALID_INPUT',
    provoke: (app) => app.seller.post('/v1/admin/apps', { name: 5 }),
  },
  {
    status: 400,
    what: 'admin: an unknown field',
    message: 'plan: is not a known field',
    code: 'INVALID_INPUT',
    provoke: (app) => app.seller.post('/v1/admin/apps', { name: 'N', plan: 'PRO' }),
  },
  {
    status: 400,
    what: 'admin: malformed JSON',
    message: 'The body is not valid JSON',
    code: 'MALFORMED_JSON',
    provoke: (app) => app.seller.post('/v1/admin/apps', undefined, { raw: '{' }),
  },
  {
    status: 401,
    what: 'admin: «invalid credentials», no token',
    message: 'Missing or invalid access token',
    code: 'UNAUTHENTICATED',
    provoke: (app) => http(app.seller.url).get('/v1/admin/apps'),
  },
  {
    status: 401,
    what: 'admin: an app API key is no access token',
    message: 'Missing or invalid access token',
    code: 'UNAUTHENTICATED',
    provoke: (app) => http(app.seller.url).get('/v1/admin/apps', { token: app.apiKey }),
  },
  {
    status: 404,
    what: "«resource doesn't exist»: a user",
    message: 'User not found',
    code: 'USER_NOT_FOUND',
    provoke: (app) => app.seller.post(app.path('/users/usr_123/ban'), { reason: 'r' }),
  },
  {
    status: 404,
    what: "«doesn't belong to you»: a licence of another application of the same seller",
    message: 'License not found',
    code: 'LICENSE_NOT_FOUND',
    provoke: async (app) => {
      const { id } = await (await anApp(app.seller)).license();
      return app.seller.post(app.path(`/licenses/${id}/ban`));
    },
  },
  {
    status: 404,
    what: 'an unknown route',
    message: 'No such route',
    code: 'ROUTE_NOT_FOUND',
    provoke: (app) => app.seller.get('/v1/admin/nothing'),
  },
  {
    status: 405,
    what: 'a known route with a wrong method',
    message: 'Method not allowed',
    code: 'METHOD_NOT_ALLOWED',
    provoke: (app) => http(app.seller.url).get('/v1'),
  },
  {
    status: 409,
    what: 'lifting a ban that is not there',
    message: 'Cannot unban a user who is ACTIVE',
    code: 'USER_WRONG_STATUS',
    provoke: async (app) => {
      const { id } = await app.user();
      return app.seller.post(app.path(`/users/${id}/unban`));
    },
  },
  {
    status: 409,
    what: 'the same blacklist entry in another spelling',
    message: 'Blacklist entry already exists',
    code: 'BLACKLIST_ENTRY_EXISTS',
    provoke: async (app) => {
      const add = (value: string) =>
        app.seller.post(app.path('/blacklist'), { type: 'USERNAME', value });
      await add('Mallory');
      return add('MALLORY');
    },
  },
  {
    status: 413,
    what: 'client: a body beyond the limit',
    message: 'The body is too large',
    code: 'PAYLOAD_TOO_LARGE',
    provoke: (app) => app.call('init', { hash: BIG }),
  },
  ...['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'].map(
    (type): Row => ({
      status: 415,
      what: `client: ${type} instead of JSON`,
      message: 'Send the body as application/json',
      code: 'UNSUPPORTED_MEDIA_TYPE',
      provoke: ({ id, apiKey, seller }) =>
        http(seller.url).post('/v1', undefined, {
          raw: `type=init&appId=${id}&apiKey=${apiKey}`,
          headers: { 'content-type': type },
        }),
    }),
  ),
];

describe('errors of document 000: {"success": false, "message": "…"}', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  test.each(ERRORS)('$status: $what', async ({ status, message, code, provoke }) => {
    const answer = await provoke(await anApp(server.url));
    expectError(answer, status, message, code);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  test('429 «Rate limited - too many requests, slow down»: an account guessed at too often says when to return', async () => {
    const app = await anApp(server.url);
    const { username } = await app.user();
    const guess = () => app.call('login', { username, password: 'wrong password' });
    for (let i = 0; i < 6; i++) expect((await guess()).status).toBe(401);
    const answer = await guess();
    expectError(answer, 429, 'Too many requests, slow down', 'RATE_LIMITED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const right = await app.call('login', { username, password: PASSWORD });
    expect(right.status).toBe(429);
  });
});

describe('500 «Internal server error»', () => {
  test('a defect is answered in the shape of the wire and gives nothing away', async () => {
    const server = await startTestServer();
    try {
      const app = await anApp(await aSeller(server.url));
      await server.database.rows('ALTER TABLE licenses RENAME TO mislaid');
      const answers = [
        await app.call('license', { licenseKey: 'ANY-KEY' }),
        await app.seller.get(app.path('/licenses')),
      ];
      for (const answer of answers) {
        expectError(answer, 500, 'Internal server error', 'INTERNAL');
        expect(answer.text).not.toMatch(/licenses|relation|at \//);
      }
    } finally {
      await server.close();
    }
  });
});
