import { Injectable } from '@nestjs/common';
import { randomToken, sha256 } from '../../platform/crypto';
import { Admission, DownloadTicketsRepository } from './download-tickets.repository';

const PREFIX = 'dl_';
const TOKEN_BYTES = 32;
/** Seconds a ticket is good for (D-A3). */
const TICKET_SECONDS = 60;
/** What is forgotten at a time, and in one round: more than are given out between two. */
const BATCH = 5_000;
const BATCHES = 20;

/** Tickets that let a session download one file once, within a minute (D-A3). */
@Injectable()
export class DownloadTickets {
  constructor(private readonly tickets: DownloadTicketsRepository) {}

  /** Whether a text has the form of a ticket, rather than of a session token. */
  isTicket(text: string): boolean {
    return text.startsWith(PREFIX);
  }

  /** `dl_` and 256 random bits; told this once, stored as a hash. */
  async issue(fileId: string, sessionId: string): Promise<string> {
    const ticket = PREFIX + randomToken(TOKEN_BYTES);
    await this.tickets.insert(sha256(ticket), fileId, sessionId, TICKET_SECONDS);
    return ticket;
  }

  /** Spends the ticket on the file of that code; null when it is not good for that. */
  spend(ticket: string, code: string): Promise<Admission | null> {
    return this.tickets.take(sha256(ticket), code);
  }

  /** Whom it would let in, without spending it. */
  look(ticket: string, code: string): Promise<Admission | null> {
    return this.tickets.peek(sha256(ticket), code);
  }

  /** Forgets those whose time is over; returns how many. */
  async forgetExpired(stopping: AbortSignal): Promise<number> {
    let count = 0;
    for (let batch = 0; batch < BATCHES && !stopping.aborted; batch++) {
      const deleted = await this.tickets.deleteExpired(BATCH);
      count += deleted;
      if (deleted < BATCH) break;
    }
    return count;
  }
}
