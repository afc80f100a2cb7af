import { anApp, TestApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { expectError, ISO } from './sample';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await anApp(server.url);
});

describe('referral codes (D-A19)', () => {
  const path = () => app.path('/referral-codes');
  const create = (body: object) => app.seller.post(path(), body);

  test('a code is created with what was asked, in upper case', async () => {
    const { id: ownerUserId } = await app.user();
    const body = { code: 'summer-24', rewardDays: 7, maxUses: 100, ownerUserId };
    const answer = await create(body);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      data: {
        id: expect.stringMatching(/^ref_[0-9a-f]{32}$/),
        ...body,
        code: 'SUMMER-24',
        uses: 0,
        createdAt: expect.stringMatching(ISO),
      },
    });
  });

  test('a code that is not given is drawn; owner and limit may be absent', async () => {
    const [one, two] = [await create({ rewardDays: 1 }), await create({ rewardDays: 1 })];
    expect(one.body.data).toMatchObject({ maxUses: null, ownerUserId: null });
    for (const { body } of [one, two]) expect(body.data.code).toMatch(/^[A-HJ-NP-Z2-9]{10}$/);
    expect(one.body.data.code).not.toBe(two.body.data.code);
  });

  test('the list shows how often each was used', async () => {
    await create({ code: 'ABC', rewardDays: 1 });
    const sessionToken = await app.login((await app.user()).username);
    await app.call('redeem_referral', { sessionToken, code: 'abc' });
    const listed = await app.seller.get(path());
    expect(listed.body.data).toEqual([expect.objectContaining({ code: 'ABC', uses: 1 })]);
    expect(listed.body.pagination).toMatchObject({ page: 1, limit: 20, total: 1 });
  });

  test('a code exists once in an application, whatever the case', async () => {
    await create({ code: 'ABC', rewardDays: 1 });
    const again = await create({ code: 'abc', rewardDays: 1 });
    expectError(again, 409, 'Referral code already exists', 'REFERRAL_CODE_EXISTS');
  });

  test('the owner is a user of this application', async () => {
    const foreign = await anApp(app.seller);
    const owners = [(await foreign.user()).id, `usr_${'0'.repeat(32)}`, 'nobody'];
    for (const ownerUserId of owners) {
      const answer = await create({ rewardDays: 1, ownerUserId });
      expectError(answer, 404, 'User not found', 'USER_NOT_FOUND');
    }
  });

  test.each([
    { rewardDays: 0 },
    { rewardDays: 3_651 },
    { rewardDays: 1, maxUses: 0 },
    { rewardDays: 1, code: 'ab' },
    { rewardDays: 1, code: 'a b c' },
    {},
  ])('%j is refused', async (body) => {
    expect((await create(body)).status).toBe(400);
    expect((await app.seller.get(path())).body.data).toEqual([]);
  });

  test('a deleted code is unknown; the days it gave stay', async () => {
    const { id } = (await create({ code: 'ABC', rewardDays: 1 })).body.data;
    const { username, license } = await app.user();
    const sessionToken = await app.login(username);
    const given = await app.call('redeem_referral', { sessionToken, code: 'ABC' });
    const answer = await app.seller.delete(`${path()}/${id}`);
    expect(answer.body).toEqual({ success: true, message: 'Referral code deleted' });
    const stored = await app.seller.get(app.path(`/licenses/${license.id}`));
    expect(stored.body.data.expiresAt).toBe(given.body.data.expiresAt);
    const gone = await app.call('redeem_referral', { sessionToken, code: 'ABC' });
    expectError(gone, 404, 'Referral code not found', 'NOT_FOUND');
    const again = await app.seller.delete(`${path()}/${id}`);
    expectError(again, 404, 'Referral code not found', 'REFERRAL_CODE_NOT_FOUND');
  });
});

describe('client logs, as the seller reads them', () => {
  test('the newest first, by kind and by user, page by page', async () => {
    const { id, username } = await app.user();
    const sessionToken = await app.login(username);
    for (const message of ['one', 'two', 'three']) {
      await app.call('log', { sessionToken, message, logType: message === 'two' ? 'B' : 'A' });
    }
    await app.call('log', { message: 'nobody', logType: 'A' });
    const read = async (query: string) => (await app.seller.get(app.path(`/logs?${query}`))).body;
    const messages = async (query: string) =>
      (await read(query)).data.map(({ message }: { message: string }) => message);
    expect(await messages('')).toEqual(['nobody', 'three', 'two', 'one']);
    expect(await messages('type=A')).toEqual(['nobody', 'three', 'one']);
    expect(await messages(`userId=${id}`)).toEqual(['three', 'two', 'one']);
    expect(await messages(`userId=${id}&type=B`)).toEqual(['two']);
    expect(await messages(`userId=usr_${'0'.repeat(32)}`)).toEqual([]);
    const first = await read('limit=3');
    expect(first.pagination).toMatchObject({ total: 4, nextCursor: expect.any(String) });
    expect(await messages(`limit=3&cursor=${first.pagination.nextCursor}`)).toEqual(['one']);
  });

  test('a user who is deleted leaves their lines, under the name they had', async () => {
    const { id, username } = await app.user();
    const sessionToken = await app.login(username);
    await app.call('log', { sessionToken, message: 'bye' });
    await app.seller.delete(app.path(`/users/${id}`));
    const [line] = (await app.seller.get(app.path(`/logs?userId=${id}`))).body.data;
    expect(line).toMatchObject({ message: 'bye', username });
  });
});
