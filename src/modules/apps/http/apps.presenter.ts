import type { AppCounts } from '../app-counters';
import type { App } from '../apps.service';
import type { AppView, ListedAppView } from './dto/apps.views';

/** An application; the documents' five fields first [seed 000], then its settings. */
export function presentApp(app: App): AppView {
  return {
    id: app.id,
    name: app.name,
    apiKey: app.apiKey,
    version: app.version,
    status: app.status,
    updateUrl: app.updateUrl,
    hwidLock: app.hwidLock,
    hashCheck: app.hashCheck,
    hashes: app.hashes,
    hwidResetCooldownHours: app.hwidResetCooldownHours,
    sessionTtlSeconds: app.sessionTtlSeconds,
    keyFormat: app.keyFormat,
    vpnBlock: app.vpnBlock,
    sharingThreshold: app.sharingThreshold,
    enforceVersion: app.enforceVersion,
    fileResponseMode: app.fileResponseMode,
    createdAt: app.createdAt.toISOString(),
  };
}

export function presentListedApp(app: App & { counts: AppCounts }): ListedAppView {
  return { ...presentApp(app), _count: app.counts };
}
