import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError, expectSample } from './sample';

describe('variables of document 000', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
  });

  const request = { key: 'latest_version', value: '2.1.0', readOnly: true };
  const sample = { id: 'var_123', ...request };
  const create = (body: object = request) => app.seller.post(app.path('/variables'), body);

  test('«Create an application-level variable accessible to all authenticated users.»', async () => {
    const answer = await create();
    expectSample(answer, 201, { success: true, data: sample });
    const id = expect.stringMatching(/^var_[0-9a-f]{32}$/);
    expect(answer.body).toEqual({ success: true, data: { id, ...request } });
    const sessionToken = await app.login((await app.user()).username);
    const read = await app.call('var', { sessionToken, key: request.key });
    expect(read.body.data).toEqual({ key: request.key, value: request.value });
  });

  test('readOnly is false when absent', async () => {
    const { readOnly: _, ...body } = request;
    expect((await create(body)).body.data.readOnly).toBe(false);
  });

  test('«List all application variables.»', async () => {
    const other = await anApp(app.seller);
    await create();
    await app.seller.post(other.path('/variables'), { ...request, key: 'elsewhere' });
    const answer = await app.seller.get(app.path('/variables'));
    const { id: _, ...listed } = sample;
    expectSample(answer, 200, { success: true, data: [listed] }, ['data[].id', 'pagination']);
    expect(answer.body.data).toEqual([expect.objectContaining(request)]);
  });

  test('a name is taken once in an application, and free in another', async () => {
    await create();
    expectError(await create(), 409, 'Variable already exists', 'VARIABLE_EXISTS');
    expect((await create({ ...request, key: 'LATEST_VERSION' })).status).toBe(201);
    const other = await anApp(app.seller);
    expect((await app.seller.post(other.path('/variables'), request)).status).toBe(201);
  });

  test('a change holds for the next look; what is not given stays', async () => {
    const { id } = (await create()).body.data;
    const path = app.path(`/variables/${id}`);
    const sessionToken = await app.login((await app.user()).username);
    const changed = await app.seller.patch(path, { value: '' });
    expect(changed.body).toEqual({ success: true, data: { id, ...request, value: '' } });
    expect((await app.call('var', { sessionToken, key: request.key })).body.data.value).toBe('');
    const freed = await app.seller.patch(path, { readOnly: false });
    expect(freed.body.data).toEqual({ id, ...request, value: '', readOnly: false });
    expect((await app.seller.patch(path, {})).body).toEqual(freed.body);
  });

  test('a deleted variable is gone, for the seller and for clients', async () => {
    const { id } = (await create()).body.data;
    const path = app.path(`/variables/${id}`);
    const answer = await app.seller.delete(path);
    expect(answer.body).toEqual({ success: true, message: 'Variable deleted' });
    for (const again of [app.seller.delete(path), app.seller.patch(path, { value: '' })]) {
      expectError(await again, 404, 'Variable not found', 'VARIABLE_NOT_FOUND');
    }
    const sessionToken = await app.login((await app.user()).username);
    const read = await app.call('var', { sessionToken, key: request.key });
    expectError(read, 404, 'Variable not found', 'NOT_FOUND');
  });

  test('an application has at most 1,000 variables', async () => {
    await server.database.rows(
      `INSERT INTO app_variables (id, app_id, key, value)
       SELECT gen_random_uuid(), $1, 'k' || n, '' FROM generate_series(1, 999) n`,
      [app.id],
    );
    expect((await create()).status).toBe(201);
    const answer = await create({ ...request, key: 'one_more' });
    const message = 'An application has at most 1000 variables';
    expectError(answer, 403, message, 'VARIABLE_LIMIT');
  });

  test.each(['', 'two words', 'line\nbreak', 'zero\u200bwidth', 'a'.repeat(65), 7])(
    'a name like %j is refused',
    async (key) => {
      const answer = await create({ ...request, key });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([{ field: 'key', message: expect.any(String) }]);
    },
  );

  test('a value may have 16,384 characters, whatever they are', async () => {
    expect((await create({ ...request, value: '🔑\n'.repeat(8_192) })).status).toBe(201);
    expect((await create({ key: 'b', value: 'a'.repeat(16_385) })).status).toBe(400);
  });
});

describe('variables of a user (D-A19)', () => {
  let server: TestServer;
  let app: TestApp;
  let userId: string;
  let sessionToken: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    app = await anApp(server.url);
    const user = await app.user();
    userId = user.id;
    sessionToken = await app.login(user.username);
  });

  const path = (name = '') =>
    app.path(`/users/${userId}/variables${name && `/${encodeURIComponent(name)}`}`);
  const theme = { key: 'theme', value: 'dark' };

  test('the seller reads what the user set, and the user what the seller set', async () => {
    await app.call('setvar', { sessionToken, ...theme });
    const listed = await app.seller.get(path());
    expect(listed.body).toMatchObject({ success: true, data: [theme], pagination: { total: 1 } });
    const set = await app.seller.put(path('theme'), { value: 'light' });
    expect(set.body).toEqual({ success: true, data: { ...theme, value: 'light' } });
    const read = await app.call('getvar', { sessionToken, key: 'theme' });
    expect(read.body.data.value).toBe('light');
  });

  test('any visible name fits into the path', async () => {
    const name = 'ключ/?#%🔑';
    expect((await app.seller.put(path(name), { value: '1' })).body.data.key).toBe(name);
    expect((await app.call('getvar', { sessionToken, key: name })).body.data.value).toBe('1');
    expect((await app.seller.delete(path(name))).body.message).toBe('Variable deleted');
  });

  test('a name that cannot be one is refused by name', async () => {
    const answer = await app.seller.put(path('two words'), { value: '1' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe('name');
  });

  test('a deleted variable is gone', async () => {
    await app.call('setvar', { sessionToken, ...theme });
    expect((await app.seller.delete(path('theme'))).status).toBe(200);
    const again = await app.seller.delete(path('theme'));
    expectError(again, 404, 'Variable not found', 'VARIABLE_NOT_FOUND');
    expect((await app.call('getvar', { sessionToken, key: 'theme' })).status).toBe(404);
  });

  test('the seller, too, stops at 200', async () => {
    await app.seller.put(path('theme'), { value: '' });
    await server.database.rows(
      `INSERT INTO client_variables (id, app_id, user_id, key, value)
       SELECT gen_random_uuid(), app_id, user_id, 'k' || n, ''
         FROM client_variables, generate_series(1, 199) n WHERE app_id = $1`,
      [app.id],
    );
    const message = 'A user has at most 200 variables';
    expectError(await app.seller.put(path('more'), { value: '' }), 403, message, 'VARIABLE_LIMIT');
    expect((await app.seller.put(path('theme'), { value: '1' })).status).toBe(200);
  });
});
