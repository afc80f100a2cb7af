import { Injectable } from '@nestjs/common';
import { granted, Origin, refused } from '../../kernel';
import { AppCounters, ClientApp } from '../apps';
import { ClientLogs, LOG_TYPE_DEFAULT } from '../client-logs';
import { OnlineClient, SessionsService } from '../sessions';
import { AppVariables, ClientVariables, Variable, VariableOwner } from '../variables';
import type { ClientVerdict } from './client-verdict';
import { ClientLife } from './client-life.service';
import type { LiveClient } from './client-sessions.service';

export interface Presence {
  /** All who are online. */
  readonly count: number;
  /** The latest of them. */
  readonly clients: readonly OnlineClient[];
}

export interface AppFigures {
  readonly totalUsers: number;
  readonly onlineUsers: number;
  readonly totalKeys: number;
  readonly appVersion: string;
}

/** What a program reports; the kind is ACTIVITY when absent. */
export interface Message {
  readonly message: string;
  readonly type: string | null;
}

/** What a signed-in client reads and leaves behind. Every verb renews the session, as `check` does. */
@Injectable()
export class ClientData {
  constructor(
    private readonly life: ClientLife,
    private readonly appVariables: AppVariables,
    private readonly variables: ClientVariables,
    private readonly logs: ClientLogs,
    private readonly sessions: SessionsService,
    private readonly counters: AppCounters,
  ) {}

  /** A variable that all clients of the application share. */
  readAppVariable(
    app: ClientApp,
    token: string,
    key: string,
    origin: Origin,
  ): Promise<ClientVerdict<Variable>> {
    return this.life.asClient('read-variable', app, token, origin, async () => {
      const variable = await this.appVariables.read(app.id, key);
      return variable ? granted(variable) : refused('VARIABLE_UNKNOWN', { variable: key });
    });
  }

  /** The client's own variable. */
  readVariable(
    app: ClientApp,
    token: string,
    key: string,
    origin: Origin,
  ): Promise<ClientVerdict<Variable>> {
    return this.life.asClient('read-variable', app, token, origin, async (client) => {
      const variable = await this.variables.read(ownerOf(client), key);
      return variable ? granted(variable) : refused('VARIABLE_UNKNOWN', { variable: key });
    });
  }

  /** Sets the client's own variable; names that the application reserved are refused (D-A14). */
  setVariable(
    app: ClientApp,
    token: string,
    { key, value }: Variable,
    origin: Origin,
  ): Promise<ClientVerdict<undefined>> {
    return this.life.asClient('set-variable', app, token, origin, async (client) => {
      const set = await this.variables.set(app, ownerOf(client), { key, value }, origin);
      if (set.granted) return set;
      const code = set.code === 'OWNER_GONE' ? 'SESSION_INVALID' : set.code;
      return refused(code, { variable: key });
    });
  }

  /** Records what a program reports; it may do so before anybody signed in: without a token. */
  async log(
    app: ClientApp,
    token: string | null,
    { message, type }: Message,
    origin: Origin,
  ): Promise<ClientVerdict<undefined>> {
    const sender =
      token === null
        ? await this.life.admitStranger(app, origin)
        : await this.life.establish(app, token, origin);
    if (!sender.granted) return sender;
    const client = sender.value;
    await this.logs.record({
      appId: app.id,
      sessionId: client?.id ?? null,
      userId: client?.userId ?? null,
      licenseId: client?.licenseId ?? null,
      username: client?.username ?? null,
      hwid: client?.hwid ?? null,
      ip: origin.ip,
      type: type ?? LOG_TYPE_DEFAULT,
      message,
    });
    return granted(undefined);
  }

  /** Who else is online (D-A4, D-A9). */
  async online(app: ClientApp, token: string, origin: Origin): Promise<ClientVerdict<Presence>> {
    const established = await this.life.establish(app, token, origin);
    if (!established.granted) return established;
    return granted(await this.sessions.online(app.id, established.value.id));
  }

  /** How large the application is. */
  async figures(app: ClientApp, token: string, origin: Origin): Promise<ClientVerdict<AppFigures>> {
    const established = await this.life.establish(app, token, origin);
    if (!established.granted) return established;
    const { appUsers: totalUsers, licenses: totalKeys } = await this.counters.of(app.id);
    const onlineUsers = await this.sessions.countOnline(app.id, established.value.id);
    return granted({ totalUsers, onlineUsers, totalKeys, appVersion: app.version });
  }
}

/** A user's variables follow them from key to key; without a user they are the licence's. */
function ownerOf({ userId, licenseId }: LiveClient): VariableOwner {
  return userId ? { kind: 'user', id: userId } : { kind: 'license', id: licenseId };
}
