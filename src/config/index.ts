export { ConfigError, loadConfig, parseConfig, publicUrl, settings } from './config';
export type { Config } from './config';
export { EXAMPLE_SECRETS } from './secret-strength';
export { packageRoot, serviceInfo } from './service-info';
export type { ServiceInfo } from './service-info';
