import { DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config';
import { CONFIG } from './config-token';

@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
