import { createServer, IncomingMessage, request, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError } from '../../kernel';
import { isUploading, Upload, UploadLimits } from './upload';

let server: Server;
let limits: UploadLimits;
/** What came of reading each request's body: its length, or the code of the refusal. */
let outcome: Promise<number | string>;

async function lengthOf(message: IncomingMessage): Promise<number | string> {
  let length = 0;
  try {
    for await (const chunk of new Upload(message).read(limits)) {
      length += chunk.length;
      if (!isUploading(message.socket)) return 'not watched over';
    }
    return length;
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

beforeEach(async () => {
  server = createServer((message, response) => {
    outcome = lengthOf(message);
    void outcome.then((result) => response.end(String(result)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Sends chunks and, unless told to stall, the end; gives the answer, or how the connection ended. */
function send(chunks: readonly Buffer[], { stall = false } = {}): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => {
    const upload = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
    upload.on('response', (response) => {
      response.on('data', (text: Buffer) => resolve(text.toString()));
    });
    upload.on('error', () => resolve('connection lost'));
    chunks.forEach((chunk) => upload.write(chunk));
    if (!stall) upload.end();
  });
}

const MIB = Buffer.alloc(1_048_576);

describe('an upload', () => {
  test('is read to its end', async () => {
    limits = { bytes: 10_000_000 };
    expect(await send(Array.from({ length: 5 }, () => MIB))).toBe(String(5 * MIB.length));
  });

  test('larger than its limit is refused, and the client hears it', async () => {
    limits = { bytes: 3 * MIB.length };
    expect(await send(Array.from({ length: 8 }, () => MIB))).toBe('PAYLOAD_TOO_LARGE');
  });

  test('of a client that stalls is cut off, and so is one that takes too long', async () => {
    limits = { bytes: 10_000_000, stallMs: 50 };
    expect(await send([MIB], { stall: true })).toBe('connection lost');
    expect(await outcome).toBe('MALFORMED_REQUEST');
    limits = { bytes: 10_000_000, totalMs: 50 };
    expect(await send([MIB], { stall: true })).toBe('connection lost');
  });

  test('without a body has no bytes', async () => {
    limits = { bytes: 10 };
    const bytes: Buffer[] = [];
    for await (const chunk of new Upload(null).read(limits)) bytes.push(chunk);
    expect(bytes).toEqual([]);
    expect(await send([])).toBe('0');
  });
});
