/** A seller's verbs on applications. */
export { AppsService } from './apps.service';
export type { App, OwnedApp } from './apps.service';
/** Tells which application a client's credentials name. */
export { ClientApps } from './client-apps';
export type { ClientApp } from './client-apps';
/** How many users and licences applications have. */
export { AppCounters } from './app-counters';
export { AppErrors } from './domain/apps.errors';
export { AppsModule } from './apps.module';
/** Controller parameter: the application whose API key a client sent. */
export { CallingApp } from './http/api-key.guard';
/** Controller parameter: the id in the path, of an application yet to be looked for. */
export { AppIdParam } from './http/app-id.param';
/** A controller of routes below an application of the seller's, and its parameter. */
export { OfOwnApp, OwnApp } from './http/own-app.interceptor';
