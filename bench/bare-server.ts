import { createServer } from 'node:http';

/**
 * The baseline: a `node:http` server that reads the same JSON and answers the same bytes, and does
 * nothing else. The answer comes as the first argument; the port is printed.
 */
const answer = process.argv[2]!;
const length = Buffer.byteLength(answer);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { type?: string };
    if (!body.type) response.statusCode = 400;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('content-length', length);
    response.end(JSON.stringify(JSON.parse(answer)));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(address.port);
});
