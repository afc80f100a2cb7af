import { anApp, aSeller, TestApp } from '../../../test/factories';
import { fetchBytes } from '../../../test/support/bytes';
import { startTestServer, TestServer } from '../../../test/support/server';
import { BlobsRepository } from './blobs.repository';

describe('contents of files', () => {
  let server: TestServer;
  let app: TestApp;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false' });
    app = await anApp(await aSeller(server.url));
    token = await app.login((await app.user()).username);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  const download = (id: string) =>
    fetchBytes(`${server.url}/v1/files/download/${id}`, { 'x-session-token': token });

  test.each<[what: string, act: (id: string) => Promise<unknown>]>([
    ['replaced', (id) => app.upload(id, 'new')],
    ['deleted', (id) => app.seller.delete(app.path(`/files/${id}`))],
  ])('who was let in before it was %s gets the old content', async (_what, act) => {
    const { id } = await app.file('old');
    const { key } = BlobsRepository.prototype;
    const open = jest.spyOn(BlobsRepository.prototype, 'key');
    open.mockImplementationOnce(async function (this: BlobsRepository, blobId) {
      await act(id);
      return key.call(this, blobId);
    });
    const { status, bytes } = await download(id);
    expect([status, bytes.toString()]).toEqual([200, 'old']);
  });
});
