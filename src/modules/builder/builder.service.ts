import { Inject, Injectable } from '@nestjs/common';
import { Config, publicUrl } from '../../config';
import { CommonErrors, parseUuid, SellerCaller } from '../../kernel';
import { CONFIG } from '../../platform/config-token';
import { Transactions } from '../../platform/database';
import { App, AppErrors, AppsService } from '../apps';
import { AuditTrail, sellerActor } from '../audit';
import { FilesService } from '../files';
import { AuthType, Language, loaderFileName } from './domain/languages';
import { plainApiUrl } from './domain/loader-config';
import { LoaderMaker } from './loader-maker';

export interface LoaderOrder {
  readonly appId: string;
  readonly language: Language;
  readonly authType: AuthType;
  readonly title: string;
  /** File of the application that the loader fetches after signing in. */
  readonly fileId?: string | null;
  /** Where the loader finds this server; its public address when absent. */
  readonly apiUrl?: string;
}

export interface BuiltLoader {
  readonly fileName: string;
  readonly bytes: Buffer;
}

/**
 * Builds loaders for a seller's applications (D-A22). The same order gives the same bytes, as long as
 * the API key of the application and the master key of the server stay.
 */
@Injectable()
export class BuilderService {
  constructor(
    private readonly transactions: Transactions,
    private readonly apps: AppsService,
    private readonly files: FilesService,
    private readonly maker: LoaderMaker,
    private readonly audit: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws APP_NOT_FOUND, FILE_NOT_FOUND, TEMPLATE_MISSING, BUILDS_BUSY, INVALID_INPUT */
  async build(order: LoaderOrder, caller: SellerCaller): Promise<BuiltLoader> {
    const { language, authType, title } = order;
    const app = await this.appOf(order, caller);
    const apiUrl = this.apiUrlOf(order);
    const fileId = order.fileId ?? undefined;
    if (fileId !== undefined) await this.files.requireOwned(app, fileId);
    const { id: appId, apiKey } = app;
    const config = { appId, apiKey, apiUrl, title, authType, fileId };
    const bytes = await this.maker.make(language, config);
    await this.transactions.run(async () => this.record(app, order, caller));
    return { fileName: loaderFileName(title, language), bytes };
  }

  /** An id of another form is the id of nothing. */
  private appOf({ appId }: LoaderOrder, caller: SellerCaller): Promise<App> {
    const id = parseUuid(appId);
    if (id === null) throw AppErrors.APP_NOT_FOUND();
    return this.apps.get(caller, id);
  }

  private apiUrlOf({ apiUrl }: LoaderOrder): string {
    const url = plainApiUrl(apiUrl ?? publicUrl(this.config));
    if (url !== null) return url;
    const message =
      'must be an http or https address of host and path, without query, of at most 512 characters';
    throw CommonErrors.INVALID_INPUT({ problems: [{ field: 'apiUrl', message }] });
  }

  private record({ id, sellerId }: App, order: LoaderOrder, caller: SellerCaller): void {
    const { language, authType, title, fileId = null } = order;
    this.audit.record({
      sellerId,
      appId: id,
      actor: sellerActor(caller),
      action: 'app.build-loader',
      target: { kind: 'app', id },
      origin: caller,
      details: { language, authType, title, fileId },
    });
  }
}
