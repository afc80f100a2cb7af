import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anApp } from '../factories';
import { freshDatabase, TestDatabase } from '../support/database';
import { SpawnedServer, spawnServer } from '../support/server';
import { describeWith } from '../support/tools';
import { REACHABLE } from './support';

describeWith(['openssl'], 'webhooks over TLS', () => {
  let folder: string;
  let receiver: Server;
  let port: number;
  let requests = 0;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=receiver'];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
    await promisify(execFile)('openssl', ['req', ...made, ...names, '-keyout', key, '-out', cert]);
    receiver = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, reply) => {
      requests++;
      reply.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '0.0.0.0', resolve));
    ({ port } = receiver.address() as AddressInfo);
    database = await freshDatabase();
  });
  afterAll(async () => {
    await database.close();
    await new Promise((resolve) => {
      receiver.close(resolve);
      receiver.closeAllConnections();
    });
    rmSync(folder, { recursive: true });
  });

  /** What a test ping to the receiver at that address comes to, and how many requests arrived. */
  async function pinged(address: string, trusted: boolean) {
    const env = {
      ...REACHABLE,
      BACKGROUND_JOBS: 'false',
      ...(trusted ? { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') } : {}),
    };
    let server: SpawnedServer | undefined;
    try {
      server = await spawnServer(database.url, { env });
      const app = await anApp(server.url);
      const body = { url: `https://${address}:${port}/hook`, events: ['*'] };
      const { id } = (await app.seller.post(app.path('/webhooks'), body)).body.data;
      const before = requests;
      const answer = await app.seller.post(app.path(`/webhooks/${id}/test`));
      const { statusCode, ok } = answer.body.data;
      return { statusCode, ok, requests: requests - before };
    } finally {
      await server?.stop('SIGKILL');
    }
  }

  test('a certificate that somebody trusted vouches for is accepted', async () => {
    expect(await pinged('127.0.0.1', true)).toEqual({ statusCode: 204, ok: true, requests: 1 });
  });

  test('one of another name, or of nobody, is not: nothing is sent', async () => {
    const refused = { statusCode: 0, ok: false, requests: 0 };
    expect(await pinged('127.0.0.2', true)).toEqual(refused);
    expect(await pinged('127.0.0.1', false)).toEqual(refused);
  });
});
