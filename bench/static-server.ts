import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';

/** The baseline of a download: plain static serving of one file, as it lies. The port is printed. */
const path = process.argv[2]!;
const headers = {
  'content-type': 'application/octet-stream',
  'content-length': statSync(path).size,
};

const server = createServer((_request, response) => {
  response.writeHead(200, headers);
  pipeline(createReadStream(path), response, () => undefined);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(address.port);
});
