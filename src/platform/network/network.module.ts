import { Global, Module } from '@nestjs/common';
import { NetworkPolicy } from './network-policy';
import { OfflineNetworkPolicy } from './offline-network-policy';

/** Judges the networks of clients, for every module. */
@Global()
@Module({
  providers: [{ provide: NetworkPolicy, useClass: OfflineNetworkPolicy }],
  exports: [NetworkPolicy],
})
export class NetworkModule {}
