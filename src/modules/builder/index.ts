/** Builds loaders for a seller's applications. */
export { BuilderService } from './builder.service';
export type { BuiltLoader, LoaderOrder } from './builder.service';
export { LOADER_SIGNER } from './domain/loader-config';
export { LoaderMaker } from './loader-maker';
export { LoaderTemplates } from './loader-templates';
export { BuilderErrors } from './domain/builder.errors';
export { BuilderModule } from './builder.module';
