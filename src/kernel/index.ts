export * from './duration';
export * from './errors';
export * from './ids';
export * from './license-key';
export * from './page';
export * from './principal';
export * from './text';
export * from './verdict';
