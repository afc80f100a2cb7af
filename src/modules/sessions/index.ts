/** Opens, lists and ends the sessions of clients. */
export { SessionsService, TOKEN_MAX } from './sessions.service';
export type { OnlineClient, OpenedSession, Session, SessionSubject } from './sessions.service';
/** Takes the heartbeats that keep a session alive. */
export { Heartbeats } from './heartbeats';
export { SessionsModule } from './sessions.module';
