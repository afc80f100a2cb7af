import type { FastifyReply, FastifyRequest } from 'fastify';
import { finished } from 'node:stream';
import { CommonErrors } from '../../kernel';
import { clientNetwork } from '../rate-limit';

/** Downloads that one client may have open at a time. Each takes most of a MiB of memory. */
const OPEN_MAX = 64;
const RETRY_SECONDS = 10;
/** What a client has to take of a download within a minute: 17 kbit a second. */
const PACE_BYTES = 131_072;
const PACE_MS = 60_000;

/** How many downloads each client has open at this process. */
const open = new Map<string, number>();

/**
 * Takes one of the places that the client's address has for downloads, until the answer is over.
 * @throws RATE_LIMITED when all are taken
 */
export function takePlace({ ip }: FastifyRequest, { raw }: FastifyReply): void {
  const client = clientNetwork(ip);
  const taken = open.get(client) ?? 0;
  if (taken >= OPEN_MAX) {
    throw CommonErrors.RATE_LIMITED({
      message: `At most ${OPEN_MAX} downloads at a time, please wait for one to end`,
      retryAfterSeconds: RETRY_SECONDS,
    });
  }
  open.set(client, taken + 1);
  finished(raw, () => {
    const left = open.get(client)! - 1;
    if (left > 0) open.set(client, left);
    else open.delete(client);
  });
}

/** Ends the connection of a client that goes on reading, but so slowly that it only takes a place. */
export function demandPace({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply): void {
  const taken = () => socket.bytesWritten - socket.writableLength;
  let before = taken();
  const timer = setInterval(() => {
    const now = taken();
    if (now - before < PACE_BYTES) socket.destroy();
    before = now;
  }, PACE_MS);
  finished(raw, () => clearInterval(timer));
}
