import { Global, Module } from '@nestjs/common';
import type { Config } from '../../config';
import { CONFIG } from '../config-token';
import { DnsResolver, NameResolver } from './name-resolver';
import { Outbound } from './outbound';
import { TargetRules } from './target-rules';

/** The one way out, for every module. */
@Global()
@Module({
  providers: [
    { provide: NameResolver, useClass: DnsResolver },
    {
      provide: Outbound,
      inject: [CONFIG, NameResolver],
      useFactory: (config: Config, resolver: NameResolver) => {
        const { OUTBOUND_PORTS: ports, OUTBOUND_ALLOWED_NETWORKS: allowedNetworks } = config;
        return new Outbound(new TargetRules({ ports, allowedNetworks }), resolver);
      },
    },
  ],
  exports: [Outbound],
})
export class OutboundModule {}
