import { Injectable } from '@nestjs/common';
import { Origin, refused } from '../../kernel';
import { ClientApps } from '../apps';
import { DownloadTickets } from '../files';
import { SessionsService } from '../sessions';
import type { ClientVerdict } from './client-verdict';
import { ClientFiles, FileDownload } from './client-files.service';

/**
 * Downloads by an address that names nothing but a file: a ticket or a session token says for whom
 * (D-A3). A bad credential is refused before anything is said of the file.
 */
@Injectable()
export class ClientDownloads {
  constructor(
    private readonly apps: ClientApps,
    private readonly sessions: SessionsService,
    private readonly tickets: DownloadTickets,
    private readonly files: ClientFiles,
  ) {}

  /**
   * The file's bytes. A ticket is spent when they begin, or when the session behind it is refused;
   * to look (`HEAD`) spends none.
   */
  async open(
    credential: string,
    fileId: string,
    purpose: 'read' | 'look',
    origin: Origin,
  ): Promise<ClientVerdict<FileDownload>> {
    if (this.tickets.isTicket(credential)) {
      return this.openByTicket(credential, fileId, purpose, origin);
    }
    const appId = await this.sessions.appOf(credential);
    const app = appId && (await this.apps.find(appId));
    if (!app) return refused('SESSION_INVALID');
    return this.files.open(app, credential, { fileId }, origin);
  }

  private async openByTicket(
    ticket: string,
    fileId: string,
    purpose: 'read' | 'look',
    origin: Origin,
  ): Promise<ClientVerdict<FileDownload>> {
    const admission = await this.tickets.look(ticket, fileId);
    const app = admission && (await this.apps.find(admission.appId));
    if (!app) return refused('TICKET_INVALID');
    const which = { ticket, fileId };
    const verdict = await this.files.openByTicket(app, admission.sessionId, which, origin);
    if (!verdict.granted && purpose === 'read') await this.tickets.spend(ticket, fileId);
    return verdict;
  }
}
