import { Inject, Injectable, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { stat } from 'node:fs/promises';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { LOGGER, Logger } from '../logging';
import { parseAddress } from './address';
import { NetworkList, readNetworkList } from './network-list';
import { NetworkJudgement, NetworkPolicy } from './network-policy';

const LOOK_EVERY_MS = 30_000;

/** Judges by the operator's file, `VPN_LIST_FILE`. Asks nobody and sends no address anywhere. */
@Injectable()
export class OfflineNetworkPolicy
  extends NetworkPolicy
  implements OnModuleInit, OnApplicationShutdown
{
  readonly configured: boolean;
  private readonly path: string | undefined;
  private list: NetworkList | null = null;
  /** Which version of the file was looked at last, good or bad. */
  private version = '';
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
    this.path = config.VPN_LIST_FILE;
    this.configured = this.path !== undefined;
  }

  /** A list that cannot be read stops the start. @throws NetworkListError */
  async onModuleInit(): Promise<void> {
    if (this.path === undefined) return;
    await this.load(this.path);
    this.timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  judge(ip: string | null): NetworkJudgement {
    const address = this.list && ip !== null ? parseAddress(ip) : null;
    if (!this.list || !address) return 'unknown';
    return this.list.has(address) ? 'vpn' : 'clean';
  }

  /** Reads the file again if it changed. A bad version is reported once; the good one stays. */
  async refresh(): Promise<void> {
    if (this.path === undefined) return;
    await this.load(this.path).catch((error: unknown) => {
      this.logger.error({ err: error }, 'VPN_LIST_FILE cannot be used, keeping the list in use');
    });
  }

  private async load(path: string): Promise<void> {
    const version = await versionOf(path);
    if (version === this.version) return;
    this.version = version;
    const list = await readNetworkList(path);
    const whole = (await versionOf(path)) === version;
    // Written to while it was read: what was read may be half of it, so it is looked at again.
    if (!whole) this.version = '';
    if (!whole && this.list) return;
    this.list = list;
    this.logger.info({ ranges: list.size }, 'VPN list read');
  }
}

/** What tells one version of the file from another; the same text whenever there is none. */
async function versionOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'none';
  }
}
