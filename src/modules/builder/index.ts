/** Builds loaders for a seller's applications. */
export { BuilderService } from './builder.service';
export type { BuiltLoader, LoaderOrder } from './builder.service';
export { BuilderErrors } from './domain/builder.errors';
export { BuilderModule } from './builder.module';
