import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { DynamicModule, Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClsModule } from 'nestjs-cls';
import { DataSource } from 'typeorm';
import type { Config } from '../../config';
import { DatabaseClock } from '../clock';
import { CHANGE_FEED_CONNECTION, ChangeFeed } from './change-feed';
import { DatabaseHealth } from './database-health';
import { migrateDatabase } from './migrate';
import { dataSourceOptions } from './options';
import { DatabaseHost } from './repository';
import { Transactions } from './transactions';

const NOWHERE = 'postgres://localhost/nowhere';

/** The connection, the unit of work and the change feed, for every module. */
@Module({})
export class DatabaseModule {
  /** With `url` null nothing is connected: enough to describe the server, not to run it. */
  static forRoot(
    config: Config,
    url: string | null,
    entities: readonly (new () => object)[],
  ): DynamicModule {
    const orm = TypeOrmModule.forRootAsync({
      useFactory: () => ({
        ...dataSourceOptions(config, url ?? NOWHERE, entities),
        manualInitialization: true,
      }),
      dataSourceFactory: async (options) => {
        const dataSource = new DataSource(options!);
        if (url === null) return dataSource;
        if (config.MIGRATE_ON_START) await migrateDatabase(config, url);
        return dataSource.initialize();
      },
    });
    const transactions = new ClsPluginTransactional({
      imports: [orm],
      adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() }),
    });
    return {
      module: DatabaseModule,
      global: true,
      imports: [orm, ClsModule.forRoot({ global: true, plugins: [transactions] })],
      providers: [
        DatabaseClock,
        { provide: CHANGE_FEED_CONNECTION, useValue: url && { connectionString: url } },
        ChangeFeed,
        DatabaseHost,
        Transactions,
        DatabaseHealth,
      ],
      exports: [DatabaseClock, ChangeFeed, DatabaseHost, Transactions, DatabaseHealth],
    };
  }
}
