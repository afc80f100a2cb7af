import { Injectable } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections on which nothing was ever said, as browsers and HTTP clients open them ahead of need. Node counts them as
 * busy, so `closeIdleConnections` leaves them be and they would hold up the stop of a server.
 */
@Injectable()
export class SilentConnections {
  /** All of them: to look at each request would cost every request something. */
  private readonly sockets = new Set<Socket>();

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Ends each of them; one that has begun to say something is left its time. */
  close(): void {
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}
