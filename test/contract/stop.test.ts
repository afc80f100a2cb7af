import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { SilentConnections } from '../../src/platform/http';
import { startTestServer } from '../support/server';

/** Who ended first when a server stopped with connections open: the server, or its clients. */
async function endsFirst(say: string): Promise<'server' | 'client'> {
  const server = await startTestServer();
  const { port } = new URL(server.url);
  const sockets: Socket[] = [];
  for (let count = 0; count < 3; count++) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    if (say) socket.write(say);
    sockets.push(socket);
  }
  // Its answer shows that the server has taken the connections before it.
  await fetch(`${server.url}/health/live`);
  let hangUp!: NodeJS.Timeout;
  const patience = new Promise<'client'>((resolve) => {
    hangUp = setTimeout(() => resolve('client'), 3_000);
  });
  const stopped = server.close();
  const first = await Promise.race([stopped.then(() => 'server' as const), patience]);
  clearTimeout(hangUp);
  for (const socket of sockets) socket.destroy();
  await stopped;
  return first;
}

describe('a server that stops', () => {
  afterEach(() => jest.restoreAllMocks());

  test('does not wait for connections on which nothing was ever asked', async () => {
    expect(await endsFirst('')).toBe('server');
  });

  test('twin: it waits when nobody ends them', async () => {
    jest.spyOn(SilentConnections.prototype, 'close').mockReturnValue();
    expect(await endsFirst('')).toBe('client');
  });

  test('leaves one that has begun to ask its time', async () => {
    expect(await endsFirst('GET /health/live HTTP/1.1\r\nHost: a')).toBe('client');
  });
});
